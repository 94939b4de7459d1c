package dev.heddle.kernel;

import java.util.List;

/** A service that a module with its own kernels provides. */
public interface KernelsProvider {
  /** The names by which its kernels are requested. */
  List<String> names();

  /**
   * The kernels of a name, or for {@code auto} the fastest for this machine.
   *
   * @throws UnsupportedOperationException if this machine cannot run them; the message says why
   */
  Kernels create(String name);
}
