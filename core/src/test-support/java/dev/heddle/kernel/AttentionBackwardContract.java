package dev.heddle.kernel;

import static dev.heddle.kernel.AttentionCases.assertSameBits;
import static dev.heddle.kernel.AttentionCases.canaries;
import static dev.heddle.kernel.AttentionCases.head;
import static dev.heddle.kernel.AttentionCases.made;
import static dev.heddle.kernel.AttentionCases.numbers;
import static dev.heddle.kernel.AttentionCases.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.AttentionCases.Case;
import dev.heddle.kernel.AttentionCases.Masking;
import dev.heddle.kernel.AttentionCases.Special;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of {@link Kernels} for the backward pass of attention. */
abstract class AttentionBackwardContract extends ElementKernelsContract {
  private final Kernels scalar = new ScalarKernels();

  @Override
  protected abstract Kernels kernels();

  /** The gradients of one head, with canaries around them. */
  private record Gradients(float[] queries, float[] keys, float[] values, float[] scores) {
    static Gradients of(AttentionHead head) {
      int q = head.queries().rows();
      int k = head.keys().rows();
      return new Gradients(
          canaries(5 + q * (head.queries().cols() + 1)),
          canaries(6 + k * (head.queries().cols() + 2)),
          canaries(7 + k * (head.values().cols() + 3)),
          canaries(8 + q * (k + 4)));
    }

    AttentionBackwardOutputs all(AttentionHead head) {
      int depth = head.queries().cols();
      int width = head.values().cols();
      int q = head.queries().rows();
      int k = head.keys().rows();
      return new AttentionBackwardOutputs(
          new MatrixView(queries, 5, depth + 1, q, depth),
          new MatrixView(keys, 6, depth + 2, k, depth),
          new MatrixView(values, 7, width + 3, k, width),
          new MatrixView(scores, 8, k + 4, q, k));
    }

    void assertSame(Gradients expected) {
      assertSameBits(values, expected.values);
      assertSameBits(scores, expected.scores);
      assertSameBits(keys, expected.keys);
      assertSameBits(queries, expected.queries);
    }
  }

  private AttentionBackwardInputs cotangent(AttentionHead head) {
    int queries = head.queries().rows();
    int width = head.values().cols();
    MatrixView outputs = MatrixView.of(new float[queries * width], queries, width);
    float[] maxima = new float[queries];
    float[] sums = new float[queries];
    scalar.attentionForward(head, 0, queries, outputs, maxima, sums);
    float[] shiftedMaxima = new float[queries + 3];
    float[] shiftedSums = new float[queries + 3];
    System.arraycopy(maxima, 0, shiftedMaxima, 3, queries);
    System.arraycopy(sums, 0, shiftedSums, 3, queries);
    MatrixView inputs =
        new MatrixView(numbers(9, 2 + queries * (width + 1)), 2, width + 1, queries, width);
    return new AttentionBackwardInputs(head, outputs, inputs, shiftedMaxima, shiftedSums, 3);
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.kernel.AttentionCases#everyFifth")
  void gradientsOfAttentionHaveTheBitsOfTheScalarOnes(Case c) {
    AttentionHead head = head(c);
    AttentionBackwardInputs inputs = cotangent(head);
    Gradients expected = Gradients.of(head);
    Gradients actual = Gradients.of(head);
    scalar.attentionBackward(inputs, expected.all(head), 0, c.queries(), 0, c.keys());
    kernels().attentionBackward(inputs, actual.all(head), 0, c.queries(), 0, c.keys());
    actual.assertSame(expected);

    Gradients parts = Gradients.of(head);
    AttentionBackwardOutputs all = parts.all(head);
    int middle = c.queries() / 3;
    AttentionBackwardOutputs rows =
        new AttentionBackwardOutputs(all.queries(), null, null, all.scores());
    kernels().attentionBackward(inputs, rows, 0, middle, 0, c.keys());
    kernels().attentionBackward(inputs, rows, middle, c.queries(), 0, c.keys());
    middle = c.keys() / 2;
    AttentionBackwardOutputs columns = new AttentionBackwardOutputs(null, all.keys(), null, null);
    kernels().attentionBackward(inputs, columns, 0, c.queries(), 0, middle);
    kernels().attentionBackward(inputs, columns, 0, c.queries(), middle, c.keys());
    AttentionBackwardOutputs valuesOnly =
        new AttentionBackwardOutputs(null, null, all.values(), null);
    kernels().attentionBackward(inputs, valuesOnly, 0, c.queries(), 0, middle);
    kernels().attentionBackward(inputs, valuesOnly, 0, c.queries(), middle, c.keys());
    parts.assertSame(expected);

    AttentionBackwardOutputs next = continued(expected.all(head));
    scalar.attentionBackward(inputs, next, 0, c.queries(), 0, c.keys());
    kernels().attentionBackward(inputs, continued(actual.all(head)), 0, c.queries(), 0, c.keys());
    actual.assertSame(expected);
  }

  /** The gradients of keys and values after those of an earlier head. */
  private static AttentionBackwardOutputs continued(AttentionBackwardOutputs first) {
    return new AttentionBackwardOutputs(
        first.queries(), first.keys(), first.values(), first.scores(), true);
  }

  static Stream<Case> bandCases() {
    return AttentionCases.all()
        .filter(c ->
            !c.band().isAll()
                && c.masking() != Masking.BAND_AT_END_AND_PAIRS
                && c.masking() != Masking.CAUSAL_AND_PAIRS
                && c.masking() != Masking.CAUSAL_AND_PADDING
                && c.special() != Special.INFINITE_BIAS);
  }

  @ParameterizedTest
  @MethodSource("bandCases")
  void gradientsUnderABandAreThoseOfItsMask(Case c) {
    AttentionHead ruled = head(c);
    ScoreRules rules = rules(c, Band.ALL, ruled.rules().dropoutScale());
    AttentionHead masked = with(ruled, made(c.band()::contains), rules);
    Gradients expected = Gradients.of(ruled);
    Gradients actual = Gradients.of(ruled);

    kernels().attentionBackward(cotangent(ruled), expected.all(ruled), 0, c.queries(), 0, c.keys());
    kernels().attentionBackward(cotangent(masked), actual.all(ruled), 0, c.queries(), 0, c.keys());

    actual.assertSame(expected);
  }

  @Test
  void aFullyMaskedRowDoesNotAffectOtherRows() {
    Case c = new Case(90, 600, 8, 9, Masking.NONE, true, Rounding.NONE, false, Special.NOTHING);
    AttentionHead window = with(head(c), made((i, j) -> j / 7 == i), head(c).rules());
    AttentionHead rowMasked = with(head(c), made((i, j) -> j / 7 == i && i != 40), head(c).rules());
    Gradients attending = Gradients.of(window);
    Gradients all = Gradients.of(window);
    kernels().attentionBackward(cotangent(window), attending.all(window), 0, 90, 0, 600);
    kernels().attentionBackward(cotangent(rowMasked), all.all(window), 0, 90, 0, 600);

    MatrixView rows = attending.all(window).queries();
    for (int i = 0; rows != null && i < 90; i++) {
      for (int d = 0; d < 8; d++) {
        float expected = i == 40 ? 0 : attending.queries[rows.at(i) + d];
        assertThat(all.queries[rows.at(i) + d]).as("query %d", i).isEqualTo(expected);
      }
    }
  }

  @Test
  void maskedOperandsMayBeNaN() {
    Case c = new Case(70, 300, 8, 9, Masking.NONE, false, Rounding.NONE, false, Special.NOTHING);
    AttentionHead head = with(head(c), made((i, j) -> j < 290 && i != 5), head(c).rules());
    AttentionBackwardInputs inputs = cotangent(head);
    Gradients expected = Gradients.of(head);
    kernels().attentionBackward(inputs, expected.all(head), 6, 70, 0, 300);
    for (int j = 290; j < 300; j++) {
      head.keys().data()[head.keys().at(j)] = Float.NaN;
      head.values().data()[head.values().at(j)] = Float.POSITIVE_INFINITY;
    }
    Gradients actual = Gradients.of(head);
    kernels().attentionBackward(inputs, actual.all(head), 6, 70, 0, 300);
    actual.assertSame(expected);
  }

  private static AttentionHead with(
      AttentionHead head, @Nullable ScoreMask mask, ScoreRules rules) {
    return new AttentionHead(
        head.queries(), head.keys(), head.values(), null, head.bias(), mask, head.keep(), rules);
  }
}
