package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.KernelsContract;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.UnaryFunction;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Runs once for each vector width, in a JVM of its own, by the system property heddle.kernels. */
class SimdKernelsTest extends KernelsContract {
  private static final String WISH = System.getProperty(KernelChoice.PROPERTY, "auto");

  private static final ScoreRules RULES =
      new ScoreRules(1, Rounding.NONE, Rounding.NONE, Rounding.NONE, -Float.MAX_VALUE, 0, false, 1);

  @BeforeAll
  static void isOfThisMachine() {
    int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (!WISH.equals("auto") && Integer.parseInt(WISH.substring(4)) > preferred) {
      throw new TestAbortedException(WISH + " left out: this machine prefers " + preferred);
    }
  }

  /** Made once, and only where the machine has the width. */
  private static final class Warm {
    static final Kernels KERNELS = warm(KernelChoice.of(WISH).kernels());
  }

  @Override
  protected Kernels kernels() {
    return Warm.KERNELS;
  }

  /** Past the calls that run scalar, so that it is vectors that are compared. */
  private static Kernels warm(Kernels kernels) {
    Rows one = Rows.of(new float[] {1}, 1, 1);
    AttentionHead head = new AttentionHead(one, one, one, null, null, null, null, RULES);
    for (int i = 0; i < SimdKernels.COLD_CALLS; i++) {
      kernels.multiply(one, kernels.pack(one, 1), Rows.of(new float[1], 1, 1));
      kernels.attend(head, 0, 1, Rows.of(new float[1], 1, 1), null, null);
    }
    float[] values = new float[Warmth.COLD];
    short[] bits = new short[values.length];
    for (UnaryFunction function : UnaryFunction.values()) {
      if (VectorFunctions.has(function)) {
        kernels.map(function, values, 0, values, 0, values.length);
      }
    }
    kernels.toBfloat16(values, 0, bits, 0, bits.length);
    kernels.fromBfloat16(bits, 0, values, 0, bits.length);
    kernels.toFloat16(values, 0, bits, 0, bits.length);
    kernels.round(Rounding.BFLOAT16, values, 0, values.length);
    kernels.sum(values, 0, values.length);
    kernels.max(values, 0, values.length);
    kernels.sumOfSquares(values, 0, values.length);
    float[] row = {1};
    kernels.normalize(new NormRows(values, values, 1, 1, true, row, row), 0, values.length);
    return kernels;
  }

  @Test
  void haveTheWidthAskedFor() {
    assertThat(kernels().name()).isEqualTo("simd" + Species.F.vectorBitSize());
    assertThat(kernels().tiles()).matches("6 x \\d+ \\(6 x [24] vectors\\)");
    if (!WISH.equals("auto")) {
      assertThat(kernels().name()).isEqualTo(WISH);
    }
  }

  @Test
  void theGreaterOfTwoZerosIsThePositiveOne() {
    Rows queries = Rows.of(new float[] {1e-30f, 1, 1, 1, 1, 1, 1, 1}, 8, 1);
    Rows keys = Rows.of(new float[] {-1e-30f, 0}, 2, 1);
    AttentionHead head = new AttentionHead(queries, keys, keys, null, null, null, null, RULES);
    float[] maxima = new float[8];

    kernels().attend(head, 0, 8, Rows.of(new float[8], 8, 1), maxima, new float[8]);

    assertThat(Float.floatToRawIntBits(maxima[0])).isZero();
  }
}
