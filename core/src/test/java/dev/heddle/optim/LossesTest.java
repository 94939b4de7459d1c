package dev.heddle.optim;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.Creation;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Reduce;
import dev.heddle.array.Softmax;
import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Losses of hand-computed examples, and their derivatives. */
class LossesTest {
  @Test
  void theLossOfEqualLogitsIsTheLogarithmOfTheirNumber() {
    Array losses =
        Losses.softmaxCrossEntropyWithIntegerLabels(
            Array.of(new float[] {0, 0, 0, 0, 3, 3, 3, 3}, 2, 4), Array.of(new int[] {2, 0}));

    assertThatArray(losses)
        .isWithin(1e-7, Array.of(new float[] {(float) Math.log(4), (float) Math.log(4)}));
  }

  @Test
  void aDominantLogitHasNoLossAndLargeLogitsDoNotOverflow() {
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

  private static final Array LOGITS =
      Array.of(new float[] {1.5f, -2, 0, 40, -90, 0.25f, 3, 1}, 2, 4);
  private static final Array TRUTH = Array.of(new float[] {1, 0, 1, 0, 0, 1, 1, 0}, 2, 4);

  private static final Array SHARES =
      Array.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f, 0, 1, 0, 0}, 2, 4);

  private static Array like(Array numbers, Array x) {
    return numbers.astype(x.dtype());
  }

  private static void assertLoss(
      Function<Array, Array> loss, float[] expected, float... expectedGradient) {
    assertThatArray(loss.apply(LOGITS).reshape(-1)).isWithin(2e-7, Array.of(expected));
    assertThatArray(Grad.grad(x -> loss.apply(x).sum(), LOGITS).reshape(-1))
        .isWithin(2e-7, Array.of(expectedGradient));
    dev.heddle.grad.Checks.checkGradient(
        in -> loss.apply(in.getFirst()), 1e-3, LOGITS.astype(DType.FLOAT64)); // some at a kink
  }

  /** Losses and gradients of Optax 0.2.8. */
  @Test
  void lossesAndTheirGradientsAreThoseOfOptax() {
    assertLoss(
        x -> Losses.softmaxCrossEntropy(x, like(SHARES, x)),
        new float[] {24.25f, 2.93170738f},
        -0.100000001f,
        -0.200000003f,
        -0.300000012f,
        0.600000024f,
        0,
        -0.946694076f,
        0.833845317f,
        0.112848692f);
    assertLoss(
        x -> Losses.sigmoidBinaryCrossEntropy(x, TRUTH),
        new float[] {
          0.201413289f, 0.126928002f, 0.693147182f, 40, 0, 0.575939417f, 0.048587352f, 1.31326175f
        },
        -0.182425529f,
        0.119202912f,
        -0.5f,
        1,
        0,
        -0.437823504f,
        -0.0474258736f,
        0.731058538f);
    assertLoss(
        x -> Losses.squaredError(x, like(TRUTH, x)),
        new float[] {0.25f, 4, 1, 1600, 8100, 0.5625f, 4, 1},
        1,
        -4,
        -2,
        80,
        -180,
        -1.5f,
        4,
        2);
    assertLoss(
        x -> Losses.l2Loss(x, like(TRUTH, x)),
        new float[] {0.125f, 2, 0.5f, 800, 4050, 0.28125f, 2, 0.5f},
        0.5f,
        -2,
        -1,
        40,
        -90,
        -0.75f,
        2,
        1);
    assertLoss(
        x -> Losses.huberLoss(x, like(TRUTH, x)),
        new float[] {0.125f, 1.5f, 0.5f, 39.5f, 89.5f, 0.28125f, 1.5f, 0.5f},
        0.5f,
        -1,
        -1,
        1,
        -1,
        -0.75f,
        1,
        1);
    assertLoss(
        x -> Losses.huberLoss(x, like(TRUTH, x), 2.5),
        new float[] {0.125f, 2, 0.5f, 96.875f, 221.875f, 0.28125f, 2, 0.5f},
        0.5f,
        -2,
        -1,
        2.5f,
        -2.5f,
        -0.75f,
        2,
        1);
    assertLoss(
        x -> Losses.softmaxCrossEntropy(x, Losses.smoothLabels(like(SHARES, x), 0.1)),
        new float[] {24.837502f, 5.1004577f},
        -0.114999995f,
        -0.205f,
        -0.29500002f,
        0.615f,
        -0.025f,
        -0.871694f,
        0.8088452f,
        0.08784867f);
    assertLoss(
        x -> Losses.cosineSimilarity(x, like(TRUTH, x)),
        new float[] {0.026464865f, 0.025518566f},
        0.01761853f,
        3.295236e-05f,
        0.017643243f,
        -0.0006590472f,
        0.0002831878f,
        0.007851079f,
        0.007842426f,
        -3.146531e-06f);
    assertLoss( // the squared norm of the first row is below the bound, that of the second above
        x -> Losses.cosineSimilarity(x, like(TRUTH, x), 4000),
        new float[] {0.00037500003f, 0.00057061255f},
        0.00025000004f,
        0,
        0.00025000004f,
        0,
        6.3322727e-06f,
        0.00017555548f,
        0.000175362f,
        -7.035859e-08f);
    assertLoss(
        x -> Losses.cosineDistance(x, like(TRUTH, x)),
        new float[] {0.9735351f, 0.97448146f},
        -0.01761853f,
        -3.295236e-05f,
        -0.017643243f,
        0.0006590472f,
        -0.0002831878f,
        -0.007851079f,
        -0.007842426f,
        3.146531e-06f);
  }

  @Test
  void smoothedLabelsSumToOne() {
    Array smoothed =
        Losses.smoothLabels(Creation.oneHot(Array.of(new int[] {2}), 4, DType.FLOAT32), 0.5);

    assertThatArray(smoothed)
        .hasSameBitsAs(Array.of(new float[] {0.125f, 0.125f, 0.625f, 0.125f}, 1, 4));
    assertThat(Losses.smoothLabels(smoothed.astype(DType.BFLOAT16), 0.1).dtype())
        .isEqualTo(DType.BFLOAT16);
  }

  @Test
  void shapesAndTypesThatDoNotMatchAreErrors() {
    Array logits = Array.zeros(DType.FLOAT32, 2, 3);
    assertThatThrownBy(
            () -> Losses.softmaxCrossEntropyWithIntegerLabels(logits, Array.of(new int[3])))
        .hasMessage(
            "softmax_cross_entropy_with_integer_labels: argument \"labels\": expected the shape of"
                + " the logits without the last axis, of [2, 3], got [3]");
    assertThatThrownBy(() -> Losses.l2Loss(logits, Array.zeros(DType.FLOAT32, 2, 1)))
        .hasMessage(
            "l2_loss: argument \"targets\": expected the predictions' shape [2, 3], got [2, 1]");
    assertThatThrownBy(() -> Losses.squaredError(logits.astype(DType.INT32), logits))
        .hasMessage(
            "squared_error: argument \"predictions\": expected a floating-point type, got int32");
    assertThatThrownBy(() -> Losses.huberLoss(logits, logits, 0))
        .hasMessage("huber_loss: argument \"delta\": expected a number above 0, got 0");
    assertThatThrownBy(() -> Losses.softmaxCrossEntropy(logits.astype(DType.BOOL), logits))
        .hasMessage(
            "softmax_cross_entropy: argument \"logits\": expected a floating-point type, got bool");
    assertThatThrownBy(() -> Losses.sigmoidBinaryCrossEntropy(logits.astype(DType.BOOL), logits))
        .hasMessage(
            "sigmoid_binary_cross_entropy: argument \"logits\": expected a floating-point type,"
                + " got bool");
    assertThatThrownBy(() -> Losses.smoothLabels(logits, 1.5))
        .hasMessage("smooth_labels: argument \"alpha\": expected a number in [0, 1], got 1.5");
    assertThatThrownBy(() -> Losses.smoothLabels(logits.astype(DType.INT32), 0.1))
        .hasMessage(
            "smooth_labels: argument \"labels\": expected a floating-point type, got int32");
    assertThatThrownBy(() -> Losses.cosineDistance(logits, Array.zeros(DType.FLOAT32, 3)))
        .hasMessage(
            "cosine_similarity: argument \"targets\": expected the predictions' shape [2, 3], got [3]");
    assertThatThrownBy(() -> Losses.cosineSimilarity(logits, logits.astype(DType.INT32)))
        .hasMessage(
            "cosine_similarity: argument \"targets\": expected a floating-point type, got int32");
    assertThatThrownBy(() -> Losses.cosineSimilarity(logits, logits, -1))
        .hasMessage(
            "cosine_similarity: argument \"epsilon\": expected a finite number of at least 0, got -1");
    assertThatThrownBy(() ->
            Losses.softmaxCrossEntropyWithIntegerLabels(
                logits.astype(DType.INT32), Array.of(new int[2])))
        .hasMessage(
            "softmax_cross_entropy_with_integer_labels: argument \"logits\": expected a"
                + " floating-point type, got int32");
  }
}
