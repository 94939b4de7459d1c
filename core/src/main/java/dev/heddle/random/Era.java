package dev.heddle.random;

/**
 * The range of JAX releases whose random numbers are drawn. Keys made from a seed and by {@code
 * foldIn} are the same in both; {@code split}, the bits, and the last place of some distributions
 * differ.
 */
public enum Era {
  /** Random numbers of jax 0.5.0 and later (flax 0.12.8), where threefry is partitionable. */
  MODERN,
  /** Random numbers of earlier releases (jax 0.4.20, flax 0.7.2). */
  CLASSIC;

  /** The era's default of {@code jax_threefry_partitionable}. */
  boolean partitionable() {
    return this == MODERN;
  }
}
