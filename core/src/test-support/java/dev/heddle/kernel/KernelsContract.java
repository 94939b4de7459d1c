package dev.heddle.kernel;

import static dev.heddle.kernel.AttentionCases.assertSameBits;
import static dev.heddle.kernel.AttentionCases.canaries;
import static dev.heddle.kernel.AttentionCases.head;
import static dev.heddle.kernel.AttentionCases.isMasked;
import static dev.heddle.kernel.AttentionCases.numbers;
import static dev.heddle.kernel.AttentionCases.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.AttentionCases.Case;
import dev.heddle.kernel.AttentionCases.Masking;
import dev.heddle.kernel.AttentionCases.Special;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of {@link Kernels}: the bits of {@link ScalarKernels}, at awkward sizes, inside
 * larger arrays, without writes outside the range.
 */
public abstract class KernelsContract extends AttentionBackwardContract {
  private final Kernels scalar = new ScalarKernels();

  @Override
  protected abstract Kernels kernels();

  static Stream<int[]> productSizes() {
    List<Integer> rows = List.of(1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 97);
    List<Integer> cols = List.of(1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130);
    Stream<int[]> grid =
        rows.stream().flatMap(m -> cols.stream().map(n -> new int[] {m, 1 + (m * n) % 37, n}));
    return Stream.concat(
        grid,
        Stream.of(
            new int[] {7, 0, 5},
            new int[] {3, 0, 130},
            new int[] {9, 1024, 20},
            new int[] {9, 2050, 70},
            new int[] {1, 1030, 300},
            new int[] {2, 2050, 140},
            new int[] {6, 1500, 100}));
  }

  @ParameterizedTest
  @MethodSource("productSizes")
  void productsHaveTheBitsOfTheScalarOnes(int[] size) {
    int m = size[0];
    int k = size[1];
    int n = size[2];
    MatrixView a = new MatrixView(numbers(1, 5 + m * (k + 3)), 5, k + 3, m, k);
    MatrixView b = new MatrixView(numbers(2, 7 + k * (n + 2)), 7, n + 2, k, n);
    float[] expected = canaries(11 + m * (n + 1) + 20);
    float[] actual = expected.clone();

    scalar.multiply(a, scalar.pack(b, false, m), new MatrixView(expected, 11, n + 1, m, n));
    kernels().multiply(a, kernels().pack(b, false, m), new MatrixView(actual, 11, n + 1, m, n));

    assertSameBits(actual, expected);
  }

  @ParameterizedTest
  @MethodSource("productSizes")
  void productsInFloat64ContinueTheChainsInOrder(int[] size) {
    int m = size[0];
    int k = size[1];
    int n = size[2];
    MatrixView64 a = new MatrixView64(doubles(1, 5 + m * (k + 3)), 5, k + 3, m, k);
    MatrixView64 b = new MatrixView64(doubles(2, 7 + k * (n + 2)), 7, n + 2, k, n);
    double[] expected = doubles(3, 11 + m * (n + 1) + 20);
    double[] actual = expected.clone();

    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int step = 0; step < k; step++) {
          int at = 11 + i * (n + 1) + j;
          expected[at] = Fma.fma(a.data()[a.at(i) + step], b.data()[b.at(step) + j], expected[at]);
        }
      }
    }
    kernels().multiply(a, b, new MatrixView64(actual, 11, n + 1, m, n));

    assertThat(actual).isEqualTo(expected);
  }

  /** Numbers with bits below those of a float32. */
  private static double[] doubles(long seed, int length) {
    float[] numbers = numbers(seed, length);
    double[] doubles = new double[length];
    for (int i = 0; i < length; i++) {
      doubles[i] = numbers[i] / 3.0;
    }
    return doubles;
  }

  @ParameterizedTest
  @MethodSource("productSizes")
  void aLayoutForOneProductHasTheBitsOfARetainedOne(int[] size) {
    int m = size[0];
    int k = size[1];
    int n = size[2];
    float[] used = Buffers.borrow(4096);
    Arrays.fill(used, Float.NaN);
    Buffers.giveBack(used); // workspace has unspecified contents
    MatrixView a = MatrixView.of(numbers(1, m * k), m, k);
    MatrixView b = new MatrixView(numbers(2, 7 + k * (n + 2)), 7, n + 2, k, n);
    float[] transposed = canaries(3 + n * (k + 1));
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < n; j++) {
        transposed[3 + j * (k + 1) + i] = b.data()[b.at(i) + j];
      }
    }
    float[] expected = new float[m * n];
    float[] once = new float[m * n];
    float[] fromTransposed = new float[m * n];

    scalar.multiply(a, scalar.pack(b, false, m), MatrixView.of(expected, m, n));
    Packed rowMajor = kernels().packOnce(b, false, m);
    kernels().multiply(a, rowMajor, MatrixView.of(once, m, n));
    rowMajor.release();
    Packed columnMajor = kernels().packOnce(new MatrixView(transposed, 3, k + 1, n, k), true, m);
    kernels().multiply(a, columnMajor, MatrixView.of(fromTransposed, m, n));
    columnMajor.release();

    assertSameBits(once, expected);
    assertSameBits(fromTransposed, expected);
  }

  /** Weights of 16 bits, with every bit pattern in one of the cases. */
  @ParameterizedTest
  @MethodSource("productSizes")
  void productsWithSixteenBitsHaveTheBitsOfTheConvertedMatrix(int[] size) {
    int m = size[0];
    int k = size[1];
    int n = size[2];
    MatrixView a = new MatrixView(numbers(1, 5 + m * (k + 3)), 5, k + 3, m, k);
    for (boolean isBfloat16 : new boolean[] {true, false}) {
      short[] bits = new short[7 + k * (n + 2)];
      for (int i = 0; i < bits.length; i++) {
        int drawn = m * 7919 + i * 31;
        int finite = (drawn & 0x8fff) | (drawn & 0x3000); // no exponent is all ones
        bits[i] = (short) (n % 2 == 0 ? drawn : finite);
      }
      float[] converted = new float[bits.length];
      if (isBfloat16) {
        scalar.fromBfloat16(bits, 0, converted, 0, bits.length);
      } else {
        scalar.fromFloat16(bits, 0, converted, 0, bits.length);
      }
      HalfMatrixView b = new HalfMatrixView(bits, isBfloat16, 7, n + 2, k, n);
      float[] expected = canaries(11 + m * (n + 1) + 20);
      float[] retained = expected.clone();
      float[] once = expected.clone();
      Epilogue bias = new Epilogue(Rounding.NONE, numbers(3, n), 2);

      scalar.multiply(
          a,
          scalar.pack(new MatrixView(converted, 7, n + 2, k, n), false, m),
          0,
          new MatrixView(expected, 11, n + 1, m, n),
          bias);
      kernels()
          .multiply(a, kernels().pack(b, m), 0, new MatrixView(retained, 11, n + 1, m, n), bias);
      Packed borrowed = kernels().packOnce(b, m);
      kernels().multiply(a, borrowed, 0, new MatrixView(once, 11, n + 1, m, n), bias);
      borrowed.release();

      assertSameBits(retained, expected);
      assertSameBits(once, expected);
    }
  }

  /** Rows of float32 exceed the range of float16, whose bits kernels may read at another scale. */
  @ParameterizedTest
  @ValueSource(
      floats = {
        65504,
        65536,
        -0x1p100f,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NaN,
        Float.MIN_VALUE,
        -0f
      })
  void productsOfAnyNumberWithSixteenBitsHaveTheBitsOfTheScalarOnes(float special) {
    int k = 70;
    int n = 2 * 64 + 3;
    short[] bits = new short[k * n];
    for (int i = 0; i < bits.length; i++) {
      int drawn = i * 7919;
      bits[i] = (short) ((drawn & 0x8fff) | (drawn & 0x3000)); // finite, many subnormal
    }
    for (boolean isBfloat16 : new boolean[] {true, false}) {
      HalfMatrixView b = HalfMatrixView.of(bits, isBfloat16, k, n);
      for (int at : new int[] {0, 66, 3 * k - 1}) {
        float[] numbers = numbers(1, 3 * k);
        numbers[at] = special;
        MatrixView a = MatrixView.of(numbers, 3, k);
        float[] expected = new float[3 * n];
        float[] retained = new float[3 * n];
        float[] once = new float[3 * n];

        scalar.multiply(a, scalar.pack(b, 3), MatrixView.of(expected, 3, n));
        kernels().multiply(a, kernels().pack(b, 3), MatrixView.of(retained, 3, n));
        kernels().multiply(a, kernels().packOnce(b, 3), MatrixView.of(once, 3, n));

        assertSameBits(retained, expected);
        assertSameBits(once, expected);
      }
    }
  }

  @Test
  void aRowAloneHasTheBitsOfTheRowAmongOthers() {
    MatrixView a = MatrixView.of(numbers(1, 50 * 40), 50, 40);
    MatrixView b = MatrixView.of(numbers(2, 40 * 70), 40, 70);
    float[] all = new float[50 * 70];
    kernels().multiply(a, kernels().pack(b, false, 50), MatrixView.of(all, 50, 70));
    for (int row = 0; row < 50; row++) {
      float[] one = new float[70];
      MatrixView single = new MatrixView(a.data(), a.at(row), 40, 1, 40);
      kernels().multiply(single, kernels().pack(b, false, 1), MatrixView.of(one, 1, 70));
      assertSameBits(one, Arrays.copyOfRange(all, row * 70, row * 70 + 70));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.kernel.AttentionCases#all")
  void attentionHasTheBitsOfTheScalarOne(Case c) {
    AttentionHead head = head(c);
    int stride = c.width() + 2;
    float[] expected = canaries(9 + c.queries() * stride);
    float[] actual = expected.clone();
    float[][] stats = new float[4][c.queries()];
    MatrixView out = new MatrixView(expected, 9, stride, c.queries(), c.width());
    scalar.attentionForward(head, 0, c.queries(), out, stats[0], stats[1]);

    MatrixView mine = new MatrixView(actual, 9, stride, c.queries(), c.width());
    int middle = c.queries() / 3;
    kernels().attentionForward(head, 0, middle, mine, stats[2], stats[3]);
    kernels().attentionForward(head, middle, c.queries(), mine, stats[2], stats[3]);

    assertSameBits(actual, expected);
    assertSameBits(stats[2], stats[0]);
    assertSameBits(stats[3], stats[1]);
  }

  static Stream<Case> skippedCases() {
    return AttentionCases.all()
        .filter(c -> c.masking() != Masking.NONE)
        .filter(c -> c.special() == Special.NOTHING && c.rounding() == Rounding.NONE);
  }

  /**
   * A score that a bias makes the lowest number has the weight of a masked one, but is not skipped.
   */
  @ParameterizedTest
  @MethodSource("skippedCases")
  void skippingHasTheBitsOfAllKeys(Case c) {
    AttentionHead head = head(c);
    float[] lowest = new float[c.queries() * c.keys()];
    StridedView<float[]> bias = head.bias();
    for (int i = 0; i < c.queries(); i++) {
      for (int j = 0; j < c.keys(); j++) {
        float own = bias == null ? 0 : bias.data()[bias.at(i) + j];
        lowest[i * c.keys() + j] = isMasked(head, i, j) ? -Float.MAX_VALUE : own;
      }
    }
    ScoreRules rules = head.rules();
    AttentionHead unmasked =
        new AttentionHead(
            head.queries(),
            head.keys(),
            head.values(),
            null,
            new StridedView<>(lowest, 0, c.keys(), 1),
            null,
            head.keep(),
            rules(c, Band.ALL, rules.dropoutScale()));
    float[] expected = new float[c.queries() * c.width()];
    float[] actual = new float[c.queries() * c.width()];
    float[][] stats = new float[4][c.queries()];

    scalar.attentionForward(
        unmasked,
        0,
        c.queries(),
        MatrixView.of(expected, c.queries(), c.width()),
        stats[0],
        stats[1]);
    kernels()
        .attentionForward(
            head,
            0,
            c.queries(),
            MatrixView.of(actual, c.queries(), c.width()),
            stats[2],
            stats[3]);

    assertSameBits(actual, expected);
    assertSameBits(stats[2], stats[0]);
    assertSameBits(stats[3], stats[1]);
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.kernel.AttentionCases#all")
  void weightsHaveTheBitsOfTheScalarOnes(Case c) {
    AttentionHead head = head(c);
    float[] expected = canaries(3 + c.queries() * (c.keys() + 1));
    float[] actual = expected.clone();
    scalar.attentionWeights(
        head,
        0,
        c.queries(),
        new MatrixView(expected, 3, c.keys() + 1, c.queries(), c.keys()),
        c.rounding());
    kernels()
        .attentionWeights(
            head,
            0,
            c.queries(),
            new MatrixView(actual, 3, c.keys() + 1, c.queries(), c.keys()),
            c.rounding());
    assertSameBits(actual, expected);
  }
}
