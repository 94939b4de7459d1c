package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The derivative of attention in float64 agrees with finite differences. */
class AttentionGradientTest {
  private static final double STEP = 0x1p-16;

  private final Kernels kernels = new ScalarKernels();

  record Case(
      int queries,
      int keys,
      int depth,
      int width,
      boolean causal,
      boolean masked,
      boolean bias,
      boolean dropout) {
    double[] numbers(long seed, int count) {
      SplittableRandom random = new SplittableRandom(seed * 31 + hashCode());
      return random.doubles(count, -2, 2).toArray();
    }
  }

  static Stream<Case> cases() {
    SplittableRandom random = new SplittableRandom(7);
    Stream<Case> drawn =
        IntStream.range(0, 40)
            .mapToObj(i ->
                new Case(
                    random.nextInt(1, 40),
                    random.nextInt(1, 40),
                    random.nextInt(1, 8),
                    random.nextInt(1, 8),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean()));
    Stream<Case> chosen =
        Stream.of(
            new Case(3, 0, 2, 2, false, false, true, false),
            new Case(0, 3, 2, 2, false, false, false, false),
            new Case(2, 4200, 1, 2, false, true, true, true));
    return Stream.concat(drawn, chosen);
  }

  /** Operands that are perturbed one element at a time. */
  private record Operands(double[] queries, double[] keys, double[] values, double[] bias) {}

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreFiniteDifferences(Case c) {
    Operands at =
        new Operands(
            c.numbers(1, c.queries * c.depth),
            c.numbers(2, c.keys * c.depth),
            c.numbers(3, c.keys * c.width),
            c.numbers(4, c.queries * c.keys));
    AttentionHead64 head = head(c, at);
    double[] weights = c.numbers(5, c.queries * c.width);
    MatrixView64 out = MatrixView64.of(new double[c.queries * c.width], c.queries, c.width);
    double[] maxima = new double[c.queries];
    double[] sums = new double[c.queries];
    kernels.attentionForward(head, 0, c.queries, out, maxima, sums);
    MatrixView64 cotangents = MatrixView64.of(weights, c.queries, c.width);
    Operands gradient =
        new Operands(
            new double[at.queries.length],
            new double[at.keys.length],
            new double[at.values.length],
            new double[at.bias.length]);
    AttentionBackwardOutputs64 gradients =
        new AttentionBackwardOutputs64(
            MatrixView64.of(gradient.queries, c.queries, c.depth),
            MatrixView64.of(gradient.keys, c.keys, c.depth),
            MatrixView64.of(gradient.values, c.keys, c.width),
            MatrixView64.of(gradient.bias, c.queries, c.keys));
    AttentionBackwardInputs64 inputs =
        new AttentionBackwardInputs64(head, out, cotangents, maxima, sums, 0);
    kernels.attentionBackward(inputs, gradients, 0, c.queries, 0, c.keys);

    compare("queries", c, at, weights, at.queries, gradient.queries);
    compare("keys", c, at, weights, at.keys, gradient.keys);
    compare("values", c, at, weights, at.values, gradient.values);
    if (c.bias) {
      compare("bias", c, at, weights, at.bias, gradient.bias);
    }
  }

  /** Compares a sample of the elements. */
  private void compare(
      String what, Case c, Operands at, double[] weights, double[] moved, double[] gradient) {
    int step = Math.max(1, moved.length / 40);
    for (int i = 0; i < moved.length; i += step) {
      double before = moved[i];
      moved[i] = before + STEP;
      double up = loss(c, at, weights);
      moved[i] = before - STEP;
      double down = loss(c, at, weights);
      moved[i] = before;
      assertThat(gradient[i])
          .as("%s %d", what, i)
          .isCloseTo((up - down) / (2 * STEP), within(1e-7));
    }
  }

  private double loss(Case c, Operands at, double[] weights) {
    MatrixView64 out = MatrixView64.of(new double[c.queries * c.width], c.queries, c.width);
    kernels.attentionForward(head(c, at), 0, c.queries, out, null, null);
    double loss = 0;
    for (int i = 0; i < weights.length; i++) {
      loss += weights[i] * out.data()[i];
    }
    return loss;
  }

  private static AttentionHead64 head(Case c, Operands at) {
    ScoreRules rules =
        new ScoreRules(
            Math.sqrt(c.depth),
            Rounding.NONE,
            Rounding.NONE,
            Rounding.NONE,
            -Double.MAX_VALUE,
            -Double.MAX_VALUE,
            c.causal ? Band.CAUSAL : Band.ALL,
            c.dropout ? 1.25 : 1);
    return new AttentionHead64(
        MatrixView64.of(at.queries, c.queries, c.depth),
        MatrixView64.of(at.keys, c.keys, c.depth),
        MatrixView64.of(at.values, c.keys, c.width),
        null,
        c.bias ? new StridedView<>(at.bias, 0, c.keys, 1) : null,
        c.masked ? flags(c, 3) : null,
        c.dropout ? flags(c, 5) : null,
        rules);
  }

  /** Flags that are 0 for one of every few pairs, and for all pairs of the first query. */
  private static @Nullable ScoreMask flags(Case c, int ofEvery) {
    byte[] flags = new byte[c.queries * c.keys];
    for (int i = c.keys; i < flags.length; i++) {
      flags[i] = (byte) (i * 7 % ofEvery == 0 ? 0 : 1);
    }
    return new ScoreMask.Stored(new StridedView<>(flags, 0, c.keys, 1));
  }
}
