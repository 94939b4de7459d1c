package dev.heddle.simd;

import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this JVM, chosen once: a constant to the JIT compiler, which cannot make fast
 * code of anything else.
 */
final class Species {
  /** Vectors of float32. */
  static final VectorSpecies<Float> F = Width.species();

  /** Elements of a vector. */
  static final int LANES = F.length();

  private Species() {}
}
