package dev.heddle.linen;

/**
 * Which modules' outputs a call keeps in the collection {@code intermediates}: Flax's {@code
 * capture_intermediates}.
 *
 * <p>An output is kept under the module's path and the method's name, as in {@code
 * intermediates/encoder/__call__/0}; one more call adds {@code /1}. An output that is neither an
 * {@link dev.heddle.array.Array} nor a tree of them is not kept.
 */
@FunctionalInterface
public interface Capture {
  /**
   * Whether to capture the output of a method.
   *
   * @param module the module that was called
   * @param method the method's name, {@code "__call__"}
   */
  boolean test(Module<?, ?> module, String method);

  /** Keeps the output of every module's call; {@code capture_intermediates=True}. */
  static Capture calls() {
    return (module, method) -> method.equals("__call__");
  }
}
