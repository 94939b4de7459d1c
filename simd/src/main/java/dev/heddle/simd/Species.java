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

  /** Vectors of float64, as wide as those of float32. */
  static final VectorSpecies<Double> D = VectorSpecies.of(double.class, F.vectorShape());

  /** The number of float64 elements of a vector. */
  static final int DOUBLE_LANES = D.length();

  private Species() {}
}
