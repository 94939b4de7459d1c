package dev.heddle.bench.jmh;

import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.MatrixView64;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.ScalarKernels;
import java.util.Arrays;
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
 * The scalar kernels' product, compared with simple loops with a separately rounded product and
 * sum, which the JIT compiler vectorizes: at most 3 times slower, and at most 30 times where the
 * processor has no fused multiply-add.
 *
 * <p>How to run: as {@link ProductBenchmark}; for a processor without the instruction with {@code
 * -jvmArgsAppend -XX:-UseFMA}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScalarBenchmark {
  /** The number of rows and columns of all three matrices. */
  @Param({"128", "384"})
  public int size;

  private final Kernels scalar = new ScalarKernels();
  private MatrixView a;
  private MatrixView b;
  private Packed packed;
  private MatrixView c;
  private MatrixView64 wideA;
  private MatrixView64 wideB;
  private MatrixView64 wideC;

  /** Draws the operands from a fixed seed. */
  @Setup
  public void draw() {
    a = MatrixView.of(Numbers.drawn(1, size * size), size, size);
    b = MatrixView.of(Numbers.drawn(2, size * size), size, size);
    packed = scalar.pack(b, false, size);
    c = MatrixView.of(new float[size * size], size, size);
    wideA = wide(a);
    wideB = wide(b);
    wideC = wide(c);
  }

  private MatrixView64 wide(MatrixView rows) {
    double[] values = new double[size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.data()[i] / 3.0; // so that products are rounded
    }
    return MatrixView64.of(values, size, size);
  }

  /** The kernel, float32. */
  @Benchmark
  public float[] kernel() {
    scalar.multiply(a, packed, c);
    return c.data();
  }

  /** The simple loops, float32. */
  @Benchmark
  public float[] plain() {
    Arrays.fill(c.data(), 0);
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < size; k++) {
        add(a.data()[i * size + k], b.data(), k * size, c.data(), i * size, size);
      }
    }
    return c.data();
  }

  private static void add(float a, float[] b, int from, float[] c, int at, int n) {
    for (int j = 0; j < n; j++) {
      c[at + j] += a * b[from + j];
    }
  }

  /** The kernel, float64. */
  @Benchmark
  public double[] kernel64() {
    Arrays.fill(wideC.data(), 0);
    scalar.multiply(wideA, wideB, wideC);
    return wideC.data();
  }

  /** The simple loops, float64. */
  @Benchmark
  public double[] plain64() {
    Arrays.fill(wideC.data(), 0);
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < size; k++) {
        add(wideA.data()[i * size + k], wideB.data(), k * size, wideC.data(), i * size, size);
      }
    }
    return wideC.data();
  }

  private static void add(double a, double[] b, int from, double[] c, int at, int n) {
    for (int j = 0; j < n; j++) {
      c[at + j] += a * b[from + j];
    }
  }
}
