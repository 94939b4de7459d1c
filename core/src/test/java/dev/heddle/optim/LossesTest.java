package dev.heddle.optim;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.op.Creation;
import dev.heddle.array.op.Elementwise;
import dev.heddle.array.op.Reduce;
import dev.heddle.array.op.Softmax;
import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import org.junit.jupiter.api.Test;

/** Losses on numbers by hand, and their derivatives. */
class LossesTest {
  @Test
  void equalScoresCostTheLogarithmOfTheirNumber() {
    Array losses =
        Losses.softmaxCrossEntropyWithIntegerLabels(
            Array.of(new float[] {0, 0, 0, 0, 3, 3, 3, 3}, 2, 4), Array.of(new int[] {2, 0}));

    assertThatArray(losses)
        .isWithin(1e-7, Array.of(new float[] {(float) Math.log(4), (float) Math.log(4)}));
  }

  @Test
  void aScoreThatIsFarAheadCostsNothingAndLargeOnesDoNotOverflow() {
    Array logits = Array.of(new float[] {1000, 0, -1000, 1000, 0, -1000}, 2, 3);

    assertThat(
            Losses.softmaxCrossEntropyWithIntegerLabels(logits, Array.of(new int[] {0, 2}))
                .toFloatArray())
        .containsExactly(0, 2000);
  }

  @Test
  void theGradientIsTheProbabilityMinusOneForTheClass() {
    Array logits = Numbers.of(5, DType.FLOAT32, 3, 7);
    Array labels = Array.of(new int[] {6, 0, 3});

    Array gradient =
        Grad.grad(x -> Reduce.sum(Losses.softmaxCrossEntropyWithIntegerLabels(x, labels)), logits);

    Array expected =
        Elementwise.subtract(Softmax.softmax(logits), Creation.oneHot(labels, 7, DType.FLOAT32));
    assertThatArray(gradient).isWithin(1e-5, expected);
  }

  @Test
  void whatDoesNotFitIsAnError() {
    Array logits = Array.zeros(DType.FLOAT32, 2, 3);
    assertThatThrownBy(
            () -> Losses.softmaxCrossEntropyWithIntegerLabels(logits, Array.of(new int[3])))
        .hasMessage(
            "softmax_cross_entropy_with_integer_labels: expected labels of the shape of the logits"
                + " without the last axis, got labels [3] and logits [2, 3]");
    assertThatThrownBy(() ->
            Losses.softmaxCrossEntropyWithIntegerLabels(
                logits.astype(DType.INT32), Array.of(new int[2])))
        .hasMessage(
            "softmax_cross_entropy_with_integer_labels: argument \"logits\": expected a"
                + " floating-point type, got int32");
  }
}
