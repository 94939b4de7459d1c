package dev.heddle.optim;

import static dev.heddle.support.ArrayAssert.assertThatArray;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clipping where the norm equals the bound, and of zeros. */
class ClipByGlobalNormTest {
  private static Array clipped(Array gradient, double bound) {
    GradientTransformation clip = Optim.clipByGlobalNorm(bound);
    return clip.update(gradient, clip.init(gradient), gradient).updates();
  }

  /** As in Optax, a norm that is not below the bound is divided by and multiplied again. */
  @Test
  void aNormEqualToTheBoundIsClippedWhichRounds() {
    Array six = Array.of(new float[] {6, 9, 18}); // of norm 21
    assertThatArray(clipped(six, 21)).hasSameBitsAs(Array.of(new float[] {6 / 21f * 21f, 9, 18}));
    assertThatArray(clipped(six, Math.nextUp(21f))).hasSameBitsAs(six);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "FLOAT64", "BFLOAT16", "FLOAT16"})
  void zerosAndSmallUpdatesAreUnchanged(DType dtype) {
    Array zeros = Array.zeros(dtype, 4);
    assertThatArray(clipped(zeros, 1)).hasSameBitsAs(zeros);
    Array small = Array.full(0.25, dtype, 4); // of norm 1/2
    assertThatArray(clipped(small, 1)).hasSameBitsAs(small);
    assertThatArray(clipped(small, 0.25)).hasSameBitsAs(Array.full(0.125, dtype, 4));
  }
}
