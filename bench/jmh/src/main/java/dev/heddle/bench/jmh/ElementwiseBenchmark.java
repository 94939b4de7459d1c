package dev.heddle.bench.jmh;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.UnaryFunction;
import java.util.Arrays;
import java.util.Locale;
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
 * Loops over the {@value #COUNT} elements of a batch of sentences, on one thread: a function of
 * each, a conversion to or from 16 bits, a normalization of rows of 64.
 *
 * <p>How to run: as {@link ProductBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ElementwiseBenchmark {
  /** Elements of an array: 1,024 positions of 768 features. */
  public static final int COUNT = 1024 * 768;

  private static final int ROW = 64;

  /** The kernels, as {@code --kernels}. */
  @Param({"auto", "scalar"})
  public String kernels;

  /** A function's name in lower case, or another loop. */
  @Param({
    "exp",
    "log",
    "tanh",
    "sigmoid",
    "erf",
    "gelu_tanh",
    "rsqrt",
    "from bfloat16",
    "to bfloat16",
    "from float16",
    "to float16",
    "normalize"
  })
  public String loop;

  private Kernels chosen;
  private float[] in;
  private short[] bits;
  private float[] out;
  private NormRows rows;

  /** Draws the operands from a fixed seed. */
  @Setup
  public void draw() {
    chosen = KernelChoice.of(kernels).kernels();
    in = Numbers.drawn(1, COUNT);
    if (loop.equals("log") || loop.equals("rsqrt")) {
      for (int i = 0; i < COUNT; i++) {
        in[i] = Math.abs(in[i]);
      }
    }
    bits = new short[COUNT];
    chosen.toFloat16(in, 0, bits, 0, COUNT); // these bits are finite numbers in bfloat16 too
    out = new float[COUNT];
    float[] scale = new float[ROW];
    Arrays.fill(scale, 1);
    rows = new NormRows(in, out, ROW, 1e-6f, true, scale, new float[ROW]);
  }

  /** One pass; returns the output, so that the JIT compiler cannot remove the computation. */
  @Benchmark
  public Object pass() {
    switch (loop) {
      case "from bfloat16" -> chosen.fromBfloat16(bits, 0, out, 0, COUNT);
      case "from float16" -> chosen.fromFloat16(bits, 0, out, 0, COUNT);
      case "normalize" -> chosen.normalize(rows, 0, COUNT / ROW);
      case "to bfloat16" -> {
        chosen.toBfloat16(in, 0, bits, 0, COUNT);
        return bits;
      }
      case "to float16" -> {
        chosen.toFloat16(in, 0, bits, 0, COUNT);
        return bits;
      }
      default ->
          chosen.map(UnaryFunction.valueOf(loop.toUpperCase(Locale.ROOT)), in, 0, out, 0, COUNT);
    }
    return out;
  }
}
