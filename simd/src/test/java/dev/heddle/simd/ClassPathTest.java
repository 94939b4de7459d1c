package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.MatMul;
import dev.heddle.kernel.KernelChoice;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The behaviour with the jars on the class path, where the incubator module is not resolved. */
class ClassPathTest {

  /** A user's program, which prints a product and the kernels. */
  public static void main(String[] args) {
    Array one = Array.of(new float[] {2}, 1, 1);
    System.out.println(MatMul.matmul(one, one).item());
    System.out.println(KernelChoice.current().kernels().name());
  }

  @Test
  void withoutTheModuleItRunsScalarAndWarnsOnce() throws Exception {
    String out = run();

    assertThat(out).contains("4.0", "scalar");
    assertThat(out).containsOnlyOnce("needs --add-modules jdk.incubator.vector on the class path");
  }

  @Test
  void withTheModuleItRunsVectors() throws Exception {
    assertThat(run("--add-modules", "jdk.incubator.vector"))
        .containsPattern("4\\.0\\s+(simd\\d+|scalar)") // scalar where the machine has no vectors
        .doesNotContain("needs --add-modules");
  }

  @Test
  void invalidPropertiesAreReportedEachTime() throws Exception {
    assertThat(run("-Dheddle.kernels=fast"))
        .contains("IllegalArgumentException: kernels: expected one of auto, scalar, ")
        .doesNotContain("ExceptionInInitializerError");
    assertThat(run("-Dheddle.kernels=simd256"))
        .contains("IllegalArgumentException: kernels: simd256 is not available: ");
  }

  /** Runs the program in a separate JVM; returns its output. */
  private static String run(String... options) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of(options));
    words.addAll(List.of("-cp", classPath(), ClassPathTest.class.getName()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }

  private static String classPath() throws URISyntaxException {
    List<Path> places = new ArrayList<>();
    for (Class<?> one : List.of(Array.class, SimdProvider.class, ClassPathTest.class)) {
      places.add(Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()));
    }
    return places.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }
}
