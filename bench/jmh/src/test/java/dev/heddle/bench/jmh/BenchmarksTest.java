package dev.heddle.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.bench.FmaLimit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs every benchmark once with every parameter and compares the bits with the scalar kernels. */
class BenchmarksTest {
  @ParameterizedTest
  @ValueSource(ints = {64, 128, 256, 384, 512, 768, 1024})
  void productsAreTheScalarKernels(int size) {
    assertThat(product("auto", size)).isEqualTo(product("scalar", size));
  }

  @ParameterizedTest
  @CsvSource({
    "128, false",
    "128, true",
    "512, false",
    "512, true",
    "1024, false",
    "1024, true",
    "4096, false",
    "4096, true"
  })
  void attentionIsTheScalarKernels(int length, boolean causal) {
    assertThat(attention("auto", length, causal)).isEqualTo(attention("scalar", length, causal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
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
  void elementwiseLoopsAreTheScalarKernels(String loop) {
    assertThat(pass("auto", loop)).isEqualTo(pass("scalar", loop));
  }

  @Test
  void plainLoopsDifferFromTheScalarKernelsByTheirRoundingOnly() {
    var benchmark = new ScalarBenchmark();
    benchmark.size = 128;
    benchmark.draw();
    assertThat(benchmark.kernel().clone()).containsExactly(benchmark.plain(), within(1e-4f));
    assertThat(benchmark.kernel64().clone()).containsExactly(benchmark.plain64(), within(1e-12));
  }

  @Test
  void theLimitIsCounted() {
    var counter = new LimitBenchmark.Flops();
    assertThat(new LimitBenchmark().limit(counter)).isFinite();
    assertThat(counter.flops).isEqualTo(FmaLimit.flopsOfChains()).isGreaterThan(1e6);
  }

  @Test
  void everyFigureStandsBesideTheLimit() {
    var product =
        new KernelBenchmarks.Line(
            "product", "kernels=auto size=384", 500, 512.5, ProductBenchmark.flops(384));
    var attention =
        new KernelBenchmarks.Line(
            "attend",
            "causal=true kernels=auto length=128",
            50,
            50,
            AttentionBenchmark.flops(128, true));
    assertThat(KernelBenchmarks.table(List.of(product, attention), 250))
        .isEqualTo(
            """
            Limit of multiply-adds, one thread: 250.0 GF/s

            kernel                                        best us     mean us     GF/s  of limit
            product kernels=auto size=384                  500.00      512.50    226.5   90.6 %
            attend causal=true kernels=auto length=128       50.00       50.00     42.3   16.9 %
            """);
  }

  private static float[] product(String kernels, int size) {
    var benchmark = new ProductBenchmark();
    benchmark.kernels = kernels;
    benchmark.size = size;
    benchmark.draw();
    return benchmark.product();
  }

  /** The result of the fourth pass, since the first passes always use the scalar kernels. */
  private static Object pass(String kernels, String loop) {
    var benchmark = new ElementwiseBenchmark();
    benchmark.kernels = kernels;
    benchmark.loop = loop;
    benchmark.draw();
    benchmark.pass();
    benchmark.pass();
    benchmark.pass();
    return benchmark.pass();
  }

  private static float[] attention(String kernels, int length, boolean causal) {
    var benchmark = new AttentionBenchmark();
    benchmark.kernels = kernels;
    benchmark.length = length;
    benchmark.causal = causal;
    benchmark.draw();
    return benchmark.attend();
  }
}
