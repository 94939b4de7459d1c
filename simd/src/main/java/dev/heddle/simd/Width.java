package dev.heddle.simd;

import java.util.concurrent.atomic.AtomicInteger;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Which width this JVM's {@link Species} takes: the first that is asked for, for good. */
final class Width {
  private static final AtomicInteger BITS = new AtomicInteger();

  private Width() {}

  /**
   * Makes a width this JVM's.
   *
   * @param bits 128, 256 or 512
   * @throws UnsupportedOperationException if it has another already
   */
  static void choose(int bits) {
    int chosen = BITS.compareAndExchange(0, bits);
    if (chosen != 0 && chosen != bits) {
      throw new UnsupportedOperationException(
          "this JVM computes with vectors of " + chosen + " bits already");
    }
  }

  static VectorSpecies<Float> species() {
    return switch (BITS.get()) {
      case 128 -> FloatVector.SPECIES_128;
      case 256 -> FloatVector.SPECIES_256;
      case 512 -> FloatVector.SPECIES_512;
      default -> throw new IllegalStateException("the vector width is used before it is chosen");
    };
  }
}
