package dev.heddle.simd;

import jdk.incubator.vector.VectorSpecies;

/**
 * The vector species of this JVM, chosen once: the JIT compiler generates fast code only if it is a
 * constant.
 */
final class Species {
  /** Vectors of float32. */
  static final VectorSpecies<Float> F = Width.species();

  /** The number of float32 elements of a vector. */
  static final int LANES = F.length();

  private Species() {}
}
