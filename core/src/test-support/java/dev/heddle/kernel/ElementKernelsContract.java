package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of {@link ElementKernels}: the bits of the scalar loops, for every 997th float32 or,
 * with {@code -Dheddle.test.allFloats=true}, for all of them, and at every length without writes
 * outside the range.
 */
public abstract class ElementKernelsContract extends OptimizerKernelsContract {
  private static final boolean ALL = Boolean.getBoolean("heddle.test.allFloats");
  private static final int STRIDE = ALL ? 1 : 997;
  private static final int CHUNK = 4096 + 13;
  private static final int LONGEST = 70;
  private static final float[] SPECIAL = {
    Float.NaN,
    Float.intBitsToFloat(0x7f800001),
    Float.intBitsToFloat(0xffc12345),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Math.nextDown(Float.MIN_NORMAL),
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1,
    -1,
    Math.nextDown(1f),
    -104,
    89,
    65504,
    65520,
    0x1p-24f,
    0x1.8p-25f,
    0x1.01p0f,
    0x1.03p0f
  };

  private final ElementKernels scalar = new ScalarKernels();

  /** The implementation under test. */
  @Override
  protected abstract ElementKernels kernels();

  /** An action on a chunk of floats, which it may overwrite. */
  private interface Chunk {
    void accept(float[] values);
  }

  private static void forFloats(int stride, Chunk chunk) {
    chunk.accept(SPECIAL.clone());
    float[] values = new float[CHUNK];
    int filled = 0;
    for (long bits = 0; bits < 1L << 32; bits += stride) {
      values[filled++] = Float.intBitsToFloat((int) bits);
      if (filled == CHUNK) {
        chunk.accept(values.clone());
        filled = 0;
      }
    }
    chunk.accept(Arrays.copyOf(values, filled));
  }

  @Test
  void transposesExchangeRowsAndColumnsAndWriteNothingElse() {
    float[] big = numbers(1, 1 << 22);
    float[] moved = new float[1 << 22];
    kernels().transpose(big, 0, 2048, 2048, 2048, moved, 0, 2048); // ends the warm-up
    assertThat(moved[5 * 2048 + 9]).isEqualTo(big[9 * 2048 + 5]);
    for (int rows = 0; rows <= LONGEST; rows += 5) {
      for (int cols = 0; cols <= LONGEST; cols += 7) {
        float[] in = numbers(3, 3 + LONGEST * (LONGEST + 2));
        float[] expected = numbers(4, 5 + LONGEST * (LONGEST + 3));
        float[] actual = expected.clone();
        for (int i = 0; i < rows * cols; i++) {
          int row = i / cols;
          int col = i % cols;
          expected[5 + col * (rows + 3) + row] = in[3 + row * (cols + 2) + col];
        }
        kernels().transpose(in, 3, cols + 2, rows, cols, actual, 5, rows + 3);
        assertThat(actual).as("%d by %d", rows, cols).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void functionsHaveTheBitsOfTheScalarOnes(UnaryFunction function) {
    forFloats(
        STRIDE,
        values -> {
          float[] expected = new float[values.length];
          float[] actual = new float[values.length];
          scalar.map(function, values, 0, expected, 0, values.length);
          kernels().map(function, values, 0, actual, 0, values.length);
          assertSameBits(function.name(), values, actual, expected);
        });
  }

  @ParameterizedTest
  @EnumSource
  void functionsWriteOnlyTheirRange(UnaryFunction function) {
    float[] in = numbers(1, LONGEST + 3);
    for (int n = 0; n <= LONGEST; n++) {
      float[] expected = numbers(2, LONGEST + 9);
      float[] actual = expected.clone();
      scalar.map(function, in, 3, expected, 5, n);
      kernels().map(function, in, 3, actual, 5, n);
      assertSameBits(function.name(), expected, actual, expected);
    }
    float[] expected = in.clone();
    scalar.map(function, in, 1, expected, 1, LONGEST);
    kernels().map(function, in, 1, in, 1, LONGEST);
    assertSameBits(function + " in place", in, in, expected);
  }

  @Test
  void conversionsTo16BitsAreToTheNearest() {
    forFloats(
        STRIDE,
        values -> {
          short[] bfloat16 = new short[values.length];
          short[] float16 = new short[values.length];
          kernels().toBfloat16(values, 0, bfloat16, 0, values.length);
          kernels().toFloat16(values, 0, float16, 0, values.length);
          for (int i = 0; i < values.length; i++) {
            if (bfloat16[i] != Rounding.toBfloat16(values[i])
                || float16[i] != Rounding.toFloat16(values[i])) {
              assertThat(bfloat16[i]).as("%s", values[i]).isEqualTo(Rounding.toBfloat16(values[i]));
              assertThat(float16[i]).as("%s", values[i]).isEqualTo(Rounding.toFloat16(values[i]));
            }
          }
        });
  }

  @Test
  void conversionsFrom16BitsAreExact() {
    short[] all = new short[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) i;
    }
    float[] bfloat16 = new float[all.length];
    float[] float16 = new float[all.length];
    kernels().fromBfloat16(all, 0, bfloat16, 0, all.length);
    kernels().fromFloat16(all, 0, float16, 0, all.length);
    for (int i = 0; i < all.length; i++) {
      assertSame("bfloat16", bfloat16[i], Float.intBitsToFloat(i << 16));
      assertSame("float16", float16[i], Float.float16ToFloat(all[i]));
    }
  }

  @Test
  void conversionsWriteOnlyTheirRange() {
    float[] in = numbers(1, LONGEST + 3);
    in[30] = Float.NaN;
    short[] bits = new short[LONGEST + 3];
    scalar.toBfloat16(in, 0, bits, 0, bits.length);
    for (int n = 0; n <= LONGEST; n++) {
      short[][] shorts = new short[4][LONGEST + 9];
      scalar.toBfloat16(in, 3, shorts[0], 5, n);
      kernels().toBfloat16(in, 3, shorts[1], 5, n);
      scalar.toFloat16(in, 3, shorts[2], 5, n);
      kernels().toFloat16(in, 3, shorts[3], 5, n);
      assertThat(shorts[1]).isEqualTo(shorts[0]);
      assertThat(shorts[3]).isEqualTo(shorts[2]);
      float[][] floats = new float[4][LONGEST + 9];
      scalar.fromBfloat16(bits, 3, floats[0], 5, n);
      kernels().fromBfloat16(bits, 3, floats[1], 5, n);
      scalar.fromFloat16(bits, 3, floats[2], 5, n);
      kernels().fromFloat16(bits, 3, floats[3], 5, n);
      assertSameBits("from bfloat16", floats[0], floats[1], floats[0]);
      assertSameBits("from float16", floats[2], floats[3], floats[2]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void roundingHasTheBitsOfTheScalarOne(Rounding rounding) {
    forFloats(
        STRIDE,
        values -> {
          float[] expected = values.clone();
          float[] actual = values.clone();
          scalar.round(rounding, expected, 1, values.length - 2);
          kernels().round(rounding, actual, 1, values.length - 2);
          assertSameBits(rounding.name(), values, actual, expected);
        });
  }

  @Test
  void sumsAndMaximaHaveTheBitsOfTheScalarOnes() {
    float[] values = numbers(3, 300);
    float[] zeros = {-0f, -0f, 0f, -0f};
    for (int n = 0; n <= 200; n++) {
      for (int from : new int[] {0, 7}) {
        assertSame("sum of " + n, kernels().sum(values, from, n), scalar.sum(values, from, n));
        assertSame("max of " + n, kernels().max(values, from, n), scalar.max(values, from, n));
      }
      float[] special = new float[n];
      for (int i = 0; i < n; i++) {
        special[i] = zeros[(i * 7 + n) % 4];
      }
      assertSame("sum of zeros", kernels().sum(special, 0, n), scalar.sum(special, 0, n));
      assertSame("max of zeros", kernels().max(special, 0, n), scalar.max(special, 0, n));
      if (n > 0) {
        special[n / 2] = Float.NaN;
        assertThat(kernels().max(special, 0, n)).isNaN();
        assertThat(kernels().sum(special, 0, n)).isNaN();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void normalizedRowsHaveTheBitsOfTheScalarOnes(boolean fast) {
    int rows = 5;
    for (int length = 1; length <= 140; length++) {
      float[] in = numbers(length, rows * length);
      Arrays.fill(in, 2 * length, 3 * length, 0.3f);
      in[4 * length] = length % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
      float[] scale = numbers(4, length);
      float[] bias = numbers(5, length);
      float[] expected = in.clone();
      float[] actual = in.clone();
      scalar.normalize(new NormRows(in, expected, length, 1e-6f, fast, scale, bias), 1, rows - 1);
      kernels().normalize(new NormRows(in, actual, length, 1e-6f, fast, scale, bias), 1, rows - 1);
      assertSameBits("rows of " + length, in, actual, expected);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void derivativesOfNormalizedRowsHaveTheBitsOfTheScalarOnes(boolean fast) {
    int rows = 4;
    for (int length = 1; length <= 140; length++) {
      float[] in = numbers(length, rows * length);
      Arrays.fill(in, 2 * length, 3 * length, 0.25f); // no variance
      in[3 * length] = length % 2 == 0 ? Float.NaN : in[3 * length];
      float[][] expected = normDerivative(scalar, in, length, rows, fast);
      float[][] actual = normDerivative(kernels(), in, length, rows, fast);
      for (int i = 0; i < expected.length; i++) {
        assertSameBits("rows of " + length, expected[i], actual[i], expected[i]);
      }
    }
  }

  private static float[][] normDerivative(
      ElementKernels kernels, float[] in, int length, int rows, boolean fast) {
    float[] out = new float[in.length];
    NormRows forward = new NormRows(in, out, length, 1e-6f, fast, numbers(4, length), new float[0]);
    NormDerivative all =
        new NormDerivative(forward, numbers(5, in.length), new float[rows], new float[rows]);
    kernels.normDerivative(all, 0, rows);
    float[] sums = new float[length];
    kernels.normScaleDerivative(all, rows, sums, length / 3, length - length / 3);
    return new float[][] {out, all.means(), all.factors(), sums};
  }

  @Test
  void otherDerivativesHaveTheBitsOfTheScalarOnes() {
    for (int n = 0; n <= 140; n++) {
      float[] x = numbers(n, n + 3);
      float[] g = numbers(n + 1, n + 3);
      System.arraycopy(SPECIAL, 0, x, 0, Math.min(SPECIAL.length, n));
      float[] y = numbers(n + 2, n + 3);
      float[][] expected = derivatives(scalar, x, g, y, n);
      float[][] actual = derivatives(kernels(), x, g, y, n);
      for (int i = 0; i < expected.length; i++) {
        assertSameBits("derivative " + i, expected[i], actual[i], expected[i]);
      }
      float[] in = numbers(n, 5 * (n + 2) + 1);
      float[] sums = numbers(7, n + 4);
      float[] others = sums.clone();
      scalar.addRows(in, 1, n + 2, 5, sums, 2, n);
      kernels().addRows(in, 1, n + 2, 5, others, 2, n);
      assertSameBits("rows of " + n, sums, others, sums);
    }
  }

  private static float[][] derivatives(
      ElementKernels kernels, float[] x, float[] g, float[] y, int n) {
    float[][] out = new float[4][n + 3];
    kernels.reluDerivative(x, g, out[0], 2, n);
    kernels.geluDerivative(x, g, out[1], 2, n);
    kernels.softmaxDerivative(y, g, out[2], 2, n);
    kernels.logSoftmaxDerivative(y, g, out[3], 2, n);
    return out;
  }

  private static float[] numbers(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() * 4 - 2);
    }
    return values;
  }

  private static void assertSame(String what, float actual, float expected) {
    assertThat(Float.floatToIntBits(actual))
        .as("%s: %s for %s", what, actual, expected)
        .isEqualTo(Float.floatToIntBits(expected));
  }

  private static void assertSameBits(String what, float[] in, float[] actual, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
        assertSame(what + " of " + in[i] + " at " + i, actual[i], expected[i]);
      }
    }
  }
}
