/**
 * Flax Linen's multi-head dot-product attention for the JVM, without dependencies.
 *
 * <p>Read from the top: {@code linen} is what Flax shows, {@code random} its random numbers, {@code
 * array} what flows, and {@code kernel} the loops.
 */
module dev.heddle {
  requires static org.jspecify;

  exports dev.heddle.linen;
  exports dev.heddle.linen.attention;
  exports dev.heddle.linen.initializers;
  exports dev.heddle.linen.layers;
  exports dev.heddle.optim;
  exports dev.heddle.grad;
  exports dev.heddle.random;
  exports dev.heddle.array;
  exports dev.heddle.kernel to
      dev.heddle.cli,
      dev.heddle.simd;

  uses dev.heddle.kernel.KernelsProvider;
}
