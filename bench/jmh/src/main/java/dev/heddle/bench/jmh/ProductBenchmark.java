package dev.heddle.bench.jmh;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Packed;
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
 * A product of square matrices with a packed right operand, on one thread.
 *
 * <p>Uses a fork for each kernel, because a call of {@link Kernels} is inlined only where one
 * implementation is loaded. How to run: {@code bench/jmh/run ProductBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProductBenchmark {
  /** The kernels, as {@code --kernels}. */
  @Param("auto")
  public String kernels;

  /** The number of rows and columns of all three matrices. */
  @Param({"64", "128", "256", "384", "512", "768", "1024"})
  public int size;

  private Kernels chosen;
  private MatrixView a;
  private Packed b;
  private MatrixView c;

  /** The floating-point operations of a call. */
  static double flops(int size) {
    return 2.0 * size * size * size;
  }

  /** Draws the operands from a fixed seed. */
  @Setup
  public void draw() {
    chosen = KernelChoice.of(kernels).kernels();
    a = MatrixView.of(Numbers.drawn(1, size * size), size, size);
    b = chosen.pack(MatrixView.of(Numbers.drawn(2, size * size), size, size), false, size);
    c = MatrixView.of(new float[size * size], size, size);
  }

  /** One product; returns the result, so that the JIT compiler cannot remove the computation. */
  @Benchmark
  public float[] product() {
    chosen.multiply(a, b, c);
    return c.data();
  }
}
