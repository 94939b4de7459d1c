package dev.heddle.random;

/**
 * The line of JAX releases whose random numbers are drawn. Keys made from a seed and {@code foldIn}
 * are the same in both; {@code split}, the bits, and the last place of some distributions differ.
 */
public enum Era {
  /** Random numbers of jax 0.5.0 and later (flax 0.12.8), where threefry is partitionable. */
  MODERN,
  /** Random numbers of the releases before (jax 0.4.20, flax 0.7.2). */
  CLASSIC;

  /** Whether the era's default is {@code jax_threefry_partitionable}. */
  boolean partitionable() {
    return this == MODERN;
  }
}
