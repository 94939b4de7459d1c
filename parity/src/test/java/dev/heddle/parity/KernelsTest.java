package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.kernel.Fma;
import dev.heddle.kernel.KernelChoice;
import org.junit.jupiter.api.Test;

/** The tests of this module are on the class path and run with and without the flag for vectors. */
class KernelsTest {
  private static final boolean VECTORS =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  @Test
  void withoutTheFlagScalarKernelsRunAndSayWhatToAdd() {
    KernelChoice choice = KernelChoice.of("auto");
    if (VECTORS || !Fma.HARDWARE) {
      assertThat(choice.why()).doesNotContain("--add-modules");
    } else {
      assertThat(choice.why()).contains("--add-modules jdk.incubator.vector");
      assertThatThrownBy(() -> KernelChoice.of("simd128"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--add-modules jdk.incubator.vector");
    }
  }
}
