package dev.heddle.bench.jmh;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Band;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScoreRules;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Attention of one head of depth 64, on one thread, with the lengths of the rows of {@code heddle
 * bench}; run as {@link ProductBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class AttentionBenchmark {
  private static final int DEPTH = 64;

  /** The kernels, as {@code --kernels}. */
  @Param("auto")
  public String kernels;

  /** The number of queries and of keys. */
  @Param({"128", "512", "1024", "4096"})
  public int length;

  /** Whether a query attends only to keys up to its own position. */
  @Param({"false", "true"})
  public boolean causal;

  private Kernels chosen;
  private AttentionHead head;
  private MatrixView out;

  /** The floating-point operations of a call; half as many for causal attention. */
  static double flops(int length, boolean causal) {
    return 4.0 * length * (causal ? (length + 1) / 2.0 : length) * DEPTH;
  }

  /** Draws the operands from a fixed seed. */
  @Setup
  public void draw() {
    chosen = KernelChoice.of(kernels).kernels();
    ScoreRules rules =
        new ScoreRules(
            Math.sqrt(DEPTH),
            Rounding.NONE,
            Rounding.NONE,
            Rounding.NONE,
            -Float.MAX_VALUE,
            -Float.MAX_VALUE,
            causal ? Band.CAUSAL : Band.ALL,
            1);
    head = new AttentionHead(matrix(1), matrix(2), matrix(3), null, null, null, null, rules);
    out = MatrixView.of(new float[length * DEPTH], length, DEPTH);
  }

  private MatrixView matrix(long seed) {
    return MatrixView.of(Numbers.drawn(seed, length * DEPTH), length, DEPTH);
  }

  /** All queries; returns the result, so that the JIT compiler cannot remove the computation. */
  @Benchmark
  public float[] attend() {
    chosen.attentionForward(head, 0, length, out, null, null);
    return out.data();
  }
}
