package dev.heddle.bench;

import java.util.ServiceLoader;

/** The engines by their names on the command line. */
final class Engines {
  private Engines() {}

  /**
   * Opens an engine.
   *
   * @throws UnavailableException if it is not on this machine
   */
  static Engine open(String name, Setting setting) throws UnavailableException {
    return switch (name) {
      case "heddle" -> new HeddleEngine();
      case "flax", "torch", "ort" -> PythonEngine.open(name, setting);
      default -> provided(name, setting);
    };
  }

  private static Engine provided(String name, Setting setting) throws UnavailableException {
    for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
      if (provider.name().equals(name)) {
        try {
          return provider.open(setting);
        } catch (LinkageError e) { // its native library, or a class of it
          throw new UnavailableException("its library does not load: " + e.getMessage(), e);
        }
      }
    }
    throw new UnavailableException(
        "its library is not on the class path; ./heddle bench brings it there");
  }
}
