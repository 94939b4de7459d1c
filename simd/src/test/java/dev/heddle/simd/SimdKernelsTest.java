package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.DType;
import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Band;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.KernelsContract;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.MatrixView64;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScalarKernels;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.StridedView;
import dev.heddle.support.Numbers;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Runs once for each vector width, in a separate JVM, by the system property heddle.kernels. */
class SimdKernelsTest extends KernelsContract {
  private static final String REQUESTED = System.getProperty(KernelChoice.PROPERTY, "auto");

  private static final ScoreRules RULES =
      new ScoreRules(
          1, Rounding.NONE, Rounding.NONE, Rounding.NONE, -Float.MAX_VALUE, 0, Band.ALL, 1);

  @BeforeAll
  static void isOfThisMachine() {
    int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (!REQUESTED.equals("auto") && Integer.parseInt(REQUESTED.substring(4)) > preferred) {
      throw new TestAbortedException(REQUESTED + " left out: this machine prefers " + preferred);
    }
  }

  /** Created once, and only if the machine supports the width. */
  private static final class Warm {
    static final Kernels KERNELS = WarmKernels.of(KernelChoice.of(REQUESTED).kernels());
  }

  @Override
  protected Kernels kernels() {
    return Warm.KERNELS;
  }

  @Test
  void haveTheRequestedWidth() {
    assertThat(kernels().name()).isEqualTo("simd" + Species.F.vectorBitSize());
    assertThat(kernels().tiles()).matches("6 x \\d+ \\(6 x [24] vectors\\)");
    if (!REQUESTED.equals("auto")) {
      assertThat(kernels().name()).isEqualTo(REQUESTED);
    }
  }

  /** Retained weights are packed once and used in thousands of products. */
  @Test
  void productsWithOneOperandEndTheScalarPhase() {
    for (boolean isBfloat16 : new boolean[] {true, false}) {
      SimdKernels cold = new SimdKernels("cold");
      Packed packed = cold.pack(HalfMatrixView.of(new short[64 * 64], isBfloat16, 64, 64), 1);
      MatrixView row = MatrixView.of(new float[64], 1, 64);
      for (int call = 0; call < SimdKernels.COLD_CALLS; call++) {
        assertThat(cold.areProductsVectorized()).isFalse();
        cold.multiply(row, packed, MatrixView.of(new float[64], 1, 64));
      }
      assertThat(cold.areProductsVectorized()).isTrue();
    }
  }

  @Test
  void productsInFloat64UseVectorsAfterTheScalarPhase() {
    SimdKernels cold = new SimdKernels("cold");
    MatrixView64 row = MatrixView64.of(new double[8], 1, 8);
    MatrixView64 square = MatrixView64.of(new double[64], 8, 8);
    for (int call = 0; call < SimdKernels.COLD_CALLS; call++) {
      assertThat(cold.areProductsVectorized()).isFalse();
      cold.multiply(row, square, row);
    }
    assertThat(cold.areProductsVectorized()).isTrue();
  }

  /**
   * Keys are copied to a contiguous array, only up to the last query; then the first queries, for
   * which all keys are masked, need all of them.
   */
  @Test
  void fullyMaskedQueriesReadAllKeys() {
    int keys = 600;
    int parts = 200; // queries of a part, more than two blocks
    int stride = 512; // in elements: rows at a multiple of two kilobytes conflict in the cache
    float[] data = Numbers.of(1, DType.FLOAT32, keys, stride).toFloatArray();
    MatrixView q = new MatrixView(data, 0, stride, keys, 20);
    MatrixView k = new MatrixView(data, 100, stride, keys, 20);
    MatrixView v = new MatrixView(data, 200, stride, keys, 20);
    byte[] shown = new byte[keys];
    Arrays.fill(shown, 150, keys, (byte) 1); // padding on the left
    ScoreMask padding = new ScoreMask.Stored(new StridedView<>(shown, 0, 0, 1));
    ScoreRules causal =
        new ScoreRules(
            4,
            Rounding.NONE,
            Rounding.NONE,
            Rounding.NONE,
            -Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Band.CAUSAL,
            1);
    AttentionHead head = new AttentionHead(q, k, v, null, null, padding, null, causal);
    MatrixView expected = MatrixView.of(new float[keys * 20], keys, 20);
    new ScalarKernels().attentionForward(head, 0, keys, expected, null, null);
    MatrixView out = MatrixView.of(new float[keys * 20], keys, 20);
    for (int from = 0; from < keys; from += parts) {
      kernels().attentionForward(head, from, from + parts, out, null, null);
    }
    assertThat(out.data()).isEqualTo(expected.data());
  }

  /** {@code [20M, 105]} fits in an array; padded to whole panels of any width it does not. */
  @Test
  void operandsTooLargeForPanelsAreNotPacked() {
    assertThat(Panels.fit(20_000_000, 105)).isFalse();
    assertThat(Panels.fit(20_000_000, Panels.WIDTH)).isTrue();
    float[] tiny = new float[1];
    MatrixView large = new MatrixView(tiny, 0, 0, 1 << 28, 1); // the same row repeated
    assertThat(kernels().pack(large, false, 64)).isInstanceOf(Packed.Plain.class);
  }

  @Test
  void plainOperandsHaveTheBitsOfPanels() {
    int steps = 2500; // more than two blocks of them
    int cols = Panels.WIDTH + 5;
    MatrixView a = MatrixView.of(Numbers.of(1, DType.FLOAT32, 9, steps).toFloatArray(), 9, steps);
    MatrixView b =
        MatrixView.of(Numbers.of(2, DType.FLOAT32, steps, cols).toFloatArray(), steps, cols);
    MatrixView expected = MatrixView.of(new float[9 * cols], 9, cols);
    kernels().multiply(a, Panels.of(b, false, kernels()), 0, expected, Epilogue.NONE);
    MatrixView out = MatrixView.of(new float[9 * cols], 9, cols);
    kernels().multiply(a, new Packed.Plain(b), 0, out, Epilogue.NONE);
    assertThat(out.data()).isEqualTo(expected.data());
  }

  @Test
  void scratchIsExclusiveAndNotThreadLocal() throws InterruptedException {
    Scratch mine = Scratch.borrow();
    assertThat(Scratch.borrow()).isNotSameAs(mine);
    mine.giveBack();
    assertThat(Scratch.borrow()).isSameAs(mine);
    AtomicReference<Scratch> others = new AtomicReference<>();
    Thread other =
        Thread.ofVirtual()
            .start(() -> {
              Scratch scratch = Scratch.borrow();
              others.set(scratch);
              scratch.giveBack();
            });
    other.join();
    assertThat(IntStream.range(0, Scratch.MAX_IDLE).mapToObj(i -> Scratch.borrow()))
        .as("the workspace of an ended thread")
        .contains(others.get());
  }

  @Test
  void theGreaterOfTwoZerosIsThePositiveOne() {
    MatrixView queries = MatrixView.of(new float[] {1e-30f, 1, 1, 1, 1, 1, 1, 1}, 8, 1);
    MatrixView keys = MatrixView.of(new float[] {-1e-30f, 0}, 2, 1);
    AttentionHead head = new AttentionHead(queries, keys, keys, null, null, null, null, RULES);
    float[] maxima = new float[8];

    kernels().attentionForward(head, 0, 8, MatrixView.of(new float[8], 8, 1), maxima, new float[8]);

    assertThat(Float.floatToRawIntBits(maxima[0])).isZero();
  }
}
