package dev.heddle.simd.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.KernelChoice;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.opentest4j.TestAbortedException;

/**
 * The kernels that a call of attention takes: those that C2 compiles in a JVM that does nothing
 * else; after the warm-up none of the scalar ones.
 */
@DisabledIfSystemProperty(
    named = KernelChoice.PROPERTY,
    matches = "simd.*",
    disabledReason = "starts JVMs itself, once")
class LayerKernelsTest {
  /** A line of -XX:+PrintCompilation: time, number, flags, level 4, method. */
  private static final Pattern COMPILED =
      Pattern.compile("\\s*\\d+\\s+\\d+[ %sb!n]+4\\s+dev\\.heddle\\.(\\w+\\.\\w+)::(\\w+) .*");

  @Test
  void theForwardPassRunsOnVectors() {
    assertThat(compiled("FLOAT32", "forward"))
        .contains("simd.SimdAttention", "simd.SoftmaxTile", "simd.Products", "simd.Epilogues");
    assertThat(compiled("BFLOAT16", "forward"))
        .contains("simd.SimdAttention", "simd.SoftmaxTile", "simd.HalfEpilogue");
  }

  @Test
  void theBackwardPassRunsOnVectors() {
    assertThat(compiled("FLOAT32", "backward"))
        .contains("simd.SimdAttention", "simd.SimdAttentionBackward", "simd.SoftmaxGradient");
  }

  /**
   * The classes with compiled methods, after a check that the register tile is among them and that
   * no scalar kernel is compiled after the warm-up.
   */
  private static Set<String> compiled(String dtype, String pass) {
    List<String> flags = List.of("-Dheddle.threads=1", "-Xbatch", "-XX:+PrintCompilation");
    List<String> output = Jvm.run(flags, LayerCalls.class, dtype, pass);
    if (output.contains("kernels scalar")) {
      throw new TestAbortedException("left out: no vectors here");
    }
    boolean isWarm = false;
    Set<String> classes = new TreeSet<>();
    for (String line : output) {
      Matcher matcher = COMPILED.matcher(line);
      isWarm |= line.equals("warm");
      if (matcher.matches()) {
        classes.add(matcher.group(1));
        if (isWarm) {
          assertThat(matcher.group(1)).doesNotMatch("kernel\\.Scalar(Attention|Scores).*");
        }
      }
    }
    assertThat(classes).anyMatch(name -> name.startsWith("simd.MicroKernel"));
    return classes;
  }
}
