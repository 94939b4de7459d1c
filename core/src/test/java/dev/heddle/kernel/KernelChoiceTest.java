package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The choice where only this module is present. */
class KernelChoiceTest {
  @Test
  void withoutOtherModulesTheScalarKernelsRunAndSayWhy() {
    KernelChoice choice = KernelChoice.of("auto");

    assertThat(choice.kernels().name()).isEqualTo("scalar");
    assertThat(choice.why()).isEqualTo("the module dev.heddle.simd is not present");
  }

  @Test
  void aWishThatCannotBeMetIsAnError() {
    assertThatThrownBy(() -> KernelChoice.of("simd128"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernels: simd128 is not available: the module dev.heddle.simd is not present");
  }

  @Test
  void anUnknownWishNamesTheKnownOnes() {
    assertThatThrownBy(() -> KernelChoice.of("avx"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "kernels: expected one of auto, scalar, simd128, simd256, simd512, got \"avx\"");
  }
}
