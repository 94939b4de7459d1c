package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scalar kernels, the reference of all others, compared with the formulas in float64. */
class ScalarElementsTest {
  private static final int LENGTH = 19;
  private static final int ROWS = 3;
  private static final double STEP = 1e-5;

  private final ScalarKernels kernels = new ScalarKernels();

  private static float[] numbers(int seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-3, 3);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rowsAreNormalized(boolean fast) {
    float[] in = numbers(1, ROWS * LENGTH);
    float[] scale = numbers(2, LENGTH);
    float[] bias = numbers(3, LENGTH);
    float[] out = new float[in.length];
    kernels.normalize(new NormRows(in, out, LENGTH, 0.01f, fast, scale, bias), 1, 2);
    for (int i = 0; i < in.length; i++) {
      double expected =
          i < LENGTH ? 0 : normalized(in, i, 0.01) * scale[i % LENGTH] + bias[i % LENGTH];
      assertThat((double) out[i]).isCloseTo(expected, within(4e-6));
    }
  }

  private static double normalized(float[] in, int at, double epsilon) {
    int from = at / LENGTH * LENGTH;
    double mean = 0;
    double squares = 0;
    for (int i = from; i < from + LENGTH; i++) {
      mean += in[i] / (double) LENGTH;
      squares += (double) in[i] * in[i] / LENGTH;
    }
    return (in[at] - mean) / Math.sqrt(squares - mean * mean + epsilon);
  }

  /** The derivative of the clamp of the variance is 1/2 at 0 and 0 below. */
  @Test
  void theFastVarianceIsCutOffAtZero() {
    float[] none = {};
    NormRows fast = new NormRows(none, none, 4, 0, true, none, none);
    assertThat(fast.clampDerivative(1, 8)).isEqualTo(1);
    assertThat(fast.clampDerivative(1, 4)).isEqualTo(0.5f);
    assertThat(fast.clampDerivative(1, 3)).isZero();
    assertThat(fast.factor(1, 20)).isEqualTo(0.5f);
    assertThat(fast.factor(3, 20)).isEqualTo(Float.POSITIVE_INFINITY);
    NormRows exact = new NormRows(none, none, 4, 0, false, none, none);
    assertThat(exact.clampDerivative(1, 3)).isEqualTo(1);
    assertThat(exact.factor(3, 16)).isEqualTo(0.5f);
    assertThat(new NormRows(none, none, 4, 0.25f, false, none, none).factor(0, 0)).isEqualTo(2);
  }

  private static double slope(DoubleUnaryOperator function, double x) {
    return (function.applyAsDouble(x + STEP) - function.applyAsDouble(x - STEP)) / (2 * STEP);
  }

  private static double gelu(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  @Test
  void derivativesAreThoseOfTheFormulas() {
    float[] x = numbers(4, LENGTH);
    float[] g = numbers(5, LENGTH);
    float[] relu = new float[LENGTH];
    float[] gelu = new float[LENGTH];
    kernels.reluDerivative(x, g, relu, 1, LENGTH - 1);
    kernels.geluDerivative(x, g, gelu, 1, LENGTH - 1);
    assertThat(relu[0]).isZero();
    assertThat(gelu[0]).isZero();
    for (int i = 1; i < LENGTH; i++) {
      assertThat(relu[i]).isEqualTo(x[i] > 0 ? g[i] : 0);
      assertThat((double) gelu[i])
          .isCloseTo(g[i] * slope(ScalarElementsTest::gelu, x[i]), within(3e-6));
    }
  }

  @Test
  void farFromZeroTheDerivativeOfGeluIsThatOfReluAndFinite() {
    float[] x = {-1e30f, -40, 40, 1e30f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    float[] g = {2, 2, 2, 2, 2, 2};
    float[] out = new float[x.length];
    kernels.geluDerivative(x, g, out, 0, x.length);
    assertThat(out).containsExactly(new float[] {0, 0, 2, 2, 0, 2}, within(1e-6f));
  }

  @Test
  void theDerivativeOfReluIsZeroAtZero() {
    float[] out = {7, 7};
    kernels.reluDerivative(new float[] {0, -0f}, new float[] {1, 1}, out, 0, 2);
    assertThat(out).containsExactly(0, 0);
  }

  @Test
  void derivativesOfSoftmaxAreThoseOfTheFormulas() {
    float[] y = numbers(6, LENGTH);
    float[] g = numbers(7, LENGTH);
    double sum = 0;
    double weighted = 0;
    for (int i = 2; i < LENGTH; i++) {
      sum += g[i];
      weighted += (double) y[i] * g[i];
    }
    float[] softmax = new float[LENGTH];
    float[] log = new float[LENGTH];
    kernels.softmaxDerivative(y, g, softmax, 2, LENGTH - 2);
    kernels.logSoftmaxDerivative(y, g, log, 2, LENGTH - 2);
    assertThat(new float[] {softmax[0], softmax[1], log[0], log[1]}).containsOnly(0);
    for (int i = 2; i < LENGTH; i++) {
      assertThat((double) softmax[i]).isCloseTo(y[i] * (g[i] - weighted), within(3e-5));
      assertThat((double) log[i]).isCloseTo(g[i] - Math.exp(y[i]) * sum, within(3e-4));
    }
  }

  @Test
  void viewsAreInsideTheirArrays() {
    assertThat(new MatrixView(new float[11], 1, 5, 2, 5).at(1)).isEqualTo(6);
    assertThat(new MatrixView(new float[0], 9, 9, 0, 9).rows()).isZero();
    assertThat(new MatrixView(new float[0], 9, 9, 9, 0).cols()).isZero();
    assertThatThrownBy(() -> new MatrixView(new float[10], 1, 5, 2, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(new MatrixView64(new double[11], 1, 5, 2, 5).at(1)).isEqualTo(6);
    assertThat(new MatrixView64(new double[0], 9, 9, 0, 9).rows()).isZero();
    assertThat(new MatrixView64(new double[0], 9, 9, 9, 0).cols()).isZero();
    assertThatThrownBy(() -> new MatrixView64(new double[10], 1, 5, 2, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new HalfMatrixView(new short[10], true, 1, 5, 2, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(new HalfMatrixView(new short[0], true, 9, 9, 0, 9).rows()).isZero();
  }

  @Test
  void halfRowsHavePartsAndKnowWhetherTheyAreFinite() {
    short one = Float.floatToFloat16(1);
    short most = 0x7bff; // 65,504, the largest of float16
    short infinite = (short) 0xfc00;
    HalfMatrixView rows =
        HalfMatrixView.of(new short[] {one, most, one, one, infinite, one}, false, 2, 3);
    assertThat(rows.areFinite()).isFalse();
    assertThat(rows.columns(0, 1).areFinite()).isTrue();
    assertThat(rows.columns(1, 1).areFinite()).isFalse();
    assertThat(rows.columns(2, 1).areFinite()).isTrue();
    assertThat(rows.columns(1, 2).at(1)).isEqualTo(4);
    assertThat(rows.steps(0, 1).areFinite()).isTrue();
    assertThat(rows.steps(1, 1).areFinite()).isFalse();
    assertThat(rows.columns(0, 3)).isSameAs(rows);
    assertThat(rows.columns(0, 2).cols()).isEqualTo(2);
    HalfMatrixView brain = HalfMatrixView.of(new short[] {infinite, (short) 0x7f7f}, true, 1, 2);
    assertThat(brain.areFinite()).isTrue(); // in bfloat16 the same bits are finite
    assertThat(HalfMatrixView.of(new short[] {0x7f80}, true, 1, 1).areFinite()).isFalse();
  }
}
