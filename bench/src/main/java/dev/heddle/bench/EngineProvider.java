package dev.heddle.bench;

/** Opens an engine whose library may be missing; found as a service. */
public interface EngineProvider {
  /** The engine's name on the command line. */
  String name();

  /**
   * Opens the engine.
   *
   * @throws UnavailableException if it does not run on this machine, or not with this dtype
   */
  Engine open(Setting setting) throws UnavailableException;
}
