package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.Rounding;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * Elementwise passes have the bits of the scalar kernels: every 4,099th float, or all of them with
 * {@code -Dheddle.test.allFloats=true}.
 */
class PassesTest {
  private static final String REQUESTED = System.getProperty(KernelChoice.PROPERTY, "auto");

  /** A prime, so that all last bits occur. */
  private static final int STEP = Boolean.getBoolean("heddle.test.allFloats") ? 1 : 4099;

  private static final int AT_ONCE = 1 << 12;

  @BeforeAll
  static void chooseTheWidth() {
    try {
      new SimdProvider().create(REQUESTED);
    } catch (UnsupportedOperationException e) {
      throw new TestAbortedException(REQUESTED + " left out: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Rounding.class,
      names = {"NONE", "BFLOAT16", "FLOAT16"})
  void roundingHasTheScalarBits(Rounding rounding) {
    float[] values = new float[AT_ONCE];
    float[] expected = new float[AT_ONCE];
    for (long bits = 0; bits < 1L << 32; ) {
      for (int i = 0; i < AT_ONCE; i++, bits += STEP) {
        values[i] = Float.intBitsToFloat((int) bits);
        expected[i] = rounding.round(values[i]);
      }
      Passes.round(rounding, values, 0, AT_ONCE);
      assertThat(values).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BFLOAT16, 1",
    "BFLOAT16, 4",
    "BFLOAT16, 2.828125",
    "FLOAT16, 1",
    "FLOAT16, 4",
    "FLOAT16, 2.828125"
  })
  void epiloguesHaveTheScalarBits(Rounding rounding, float divisor) {
    int cols = 100;
    int rows = 41;
    float[] values = new float[rows * cols];
    float[] expected = new float[rows * cols];
    float[] bias = new float[cols];
    for (long bits = 0; bits < 1L << 32; ) {
      for (int i = 0; i < values.length; i++, bits += STEP) {
        values[i] = Float.intBitsToFloat((int) bits);
        bias[i % cols] = rounding.round(values[i] * (i % 7 - 3));
      }
      Epilogue end = new Epilogue(rounding, (bits & 1) == 0 ? bias : null, divisor);
      System.arraycopy(values, 0, expected, 0, values.length);
      end.apply(expected, 0, cols, rows, cols, 0);
      Epilogues.apply(end, values, 0, cols, rows, cols, 0);
      assertThat(values).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Rounding.class,
      names = {"BFLOAT16", "FLOAT16"})
  void roundingOfColumnsHasTheScalarBits(Rounding rounding) {
    int stride = SimdAttention.BLOCK;
    for (int count = 1; count <= stride; count++) {
      float[] values = new float[stride * 3];
      float[] expected = new float[stride * 3];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i - 90) * 1.0009f;
        expected[i] = i % stride < count ? rounding.round(values[i]) : values[i];
      }
      Passes.round(rounding, values, 0, 3, stride, count);
      for (int i = 0; i < values.length; i++) {
        values[i] =
            i % stride < count ? values[i] : expected[i]; // the elements after them may be rounded
      }
      assertThat(values).as("%d columns", count).isEqualTo(expected);
    }
  }

  @Test
  void roundingDoesNotWriteOutsideItsRange() {
    float[] values = new float[100];
    Arrays.fill(values, 1.0009f);
    Passes.round(Rounding.BFLOAT16, values, 3, 50);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).as("element %d", i).isEqualTo(i >= 3 && i < 50 ? 1f : 1.0009f);
    }
  }

  @Test
  void exponentialsHaveTheScalarBits() {
    Scratch scratch = Scratch.borrow();
    Arrays.fill(scratch.shifts, 0);
    float[] expected = new float[scratch.scores.length];
    int keys = expected.length / SimdAttention.BLOCK;
    for (long bits = 0x80000000L; bits < 1L << 32; ) {
      for (int i = 0; i < expected.length; i++, bits += STEP) {
        float score = Float.intBitsToFloat((int) bits | 0x80000000); // at most 0, or NaN
        scratch.scores[i] = score;
        expected[i] = Polynomials.exp(score);
      }
      SoftmaxTile.exponentials(scratch, SimdAttention.BLOCK, 0, keys);
      assertThat(scratch.scores).isEqualTo(expected);
    }
  }
}
