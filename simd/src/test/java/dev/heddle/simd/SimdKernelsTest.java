package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.KernelsContract;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Runs once for each vector width, in a JVM of its own, by the system property heddle.kernels. */
class SimdKernelsTest extends KernelsContract {
  private static final String WISH = System.getProperty(KernelChoice.PROPERTY, "auto");

  @BeforeAll
  static void isOfThisMachine() {
    int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (!WISH.equals("auto") && Integer.parseInt(WISH.substring(4)) > preferred) {
      throw new TestAbortedException(WISH + " left out: this machine prefers " + preferred);
    }
  }

  @Override
  protected Kernels kernels() {
    return KernelChoice.of(WISH).kernels();
  }

  @Test
  void haveTheWidthAskedFor() {
    assertThat(kernels().name()).isEqualTo("simd" + Species.F.vectorBitSize());
    if (!WISH.equals("auto")) {
      assertThat(kernels().name()).isEqualTo(WISH);
    }
  }
}
