package dev.heddle.optim;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import org.junit.jupiter.api.Test;

/** The exponential moving average of parameters; numbers of Optax's incremental_update. */
class IncrementalUpdateTest {
  private static final Array LATEST = Array.of(new float[] {1, 2});
  private static final Array AVERAGE = Array.of(new float[] {3, 5});

  @Test
  void numbersAreThoseOfOptax() {
    assertThatArray(Optim.incrementalUpdate(LATEST, AVERAGE, 0.1))
        .hasSameBitsAs(Array.of(new float[] {2.7999997f, 4.7f}));
    assertThatArray(
            Optim.incrementalUpdate(
                LATEST.astype(DType.BFLOAT16), AVERAGE.astype(DType.BFLOAT16), 0.1))
        .hasSameBitsAs(Array.of(new float[] {2.78125f, 4.6875f}).astype(DType.BFLOAT16));
    assertThatArray(Optim.incrementalUpdate(LATEST, AVERAGE.astype(DType.BFLOAT16), 0.1))
        .hasSameBitsAs(Array.of(new float[] {2.7875f, 4.7f}));
  }

  @Test
  void refusesOtherStepSizesAndShapes() {
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> Optim.incrementalUpdate(LATEST, AVERAGE, wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "incremental_update: argument \"stepSize\" (step_size): expected a number in [0, 1], got "
                  + wrong);
    }
    assertThatThrownBy(() -> Optim.incrementalUpdate(LATEST, AVERAGE.reshape(2, 1), 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("incremental_update: expected leaves of equal shapes, got [2] and [2, 1]");
  }
}
