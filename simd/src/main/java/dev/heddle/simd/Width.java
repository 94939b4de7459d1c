package dev.heddle.simd;

import java.util.concurrent.atomic.AtomicInteger;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this JVM's {@link Species}: the first one requested, permanently. */
final class Width {
  private static final AtomicInteger BITS = new AtomicInteger();

  private Width() {}

  /**
   * Sets the width of this JVM.
   *
   * @param bits 128, 256 or 512
   * @throws UnsupportedOperationException if another width has been set
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
