package dev.heddle.kernel;

import java.util.List;

/** What a module that has kernels of its own offers, found by service binding. */
public interface KernelsProvider {
  /** The names under which its kernels may be asked for. */
  List<String> names();

  /**
   * The kernels of a name, or for {@code auto} the best for this machine.
   *
   * @throws UnsupportedOperationException if this machine cannot run them; the message says why
   */
  Kernels create(String name);
}
