package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.support.Repository;
import java.io.File;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds the projects in {@code examples/consumers} with Maven and runs them in every way that
 * {@code docs/using.md} shows. Gradle is not tested, since it is not available as a Maven artifact.
 */
class ConsumersTest {
  private static final String PRINTED =
      """
      [0.2719134, 0.53320456, -0.92610866, 0.43855095]
      6 tokens
      """;
  private static final String ADD_MODULES = "--add-modules=jdk.incubator.vector";

  @TempDir Path temporary;

  @Test
  void onTheClassPath() throws Exception {
    Path target = built("classpath");
    String classPath = jar(target) + File.pathSeparator + target.resolve("lib/*");

    assertThat(java(ADD_MODULES, "-cp", classPath, "com.example.Main"))
        .isEqualTo(new Jdk.Result(0, PRINTED, Jdk.INCUBATES));
  }

  @Test
  void onTheClassPathWithoutTheVectorApiItSaysWhatToAdd() throws Exception {
    Path target = built("classpath");
    String classPath = jar(target) + File.pathSeparator + target.resolve("lib/*");

    Jdk.Result run = java("-cp", classPath, "com.example.Main");

    assertThat(run.out()).isEqualTo(PRINTED);
    assertThat(run.err())
        .hasLineCount(2) // the header of System.Logger and the message
        .endsWith(
            "WARNING: Heddle computes on its scalar kernels: the module dev.heddle.simd needs"
                + " --add-modules jdk.incubator.vector on the class path\n");
  }

  @Test
  void onTheModulePathWithoutAnyOption() throws Exception {
    Path target = built("modulepath");
    String modulePath = jar(target) + File.pathSeparator + target.resolve("lib");

    assertThat(java("--module-path", modulePath, "--module", "com.example/com.example.Main"))
        .isEqualTo(new Jdk.Result(0, PRINTED, Jdk.INCUBATES));
  }

  @Test
  void asOneJar() throws Exception {
    Path jar = built("fatjar").resolve("fatjar-1.0-shaded.jar");

    assertThat(java(ADD_MODULES, "-jar", jar.toString()))
        .isEqualTo(new Jdk.Result(0, PRINTED, Jdk.INCUBATES));
  }

  @Test
  void asAnImage() throws Exception {
    Path target = built("modulepath");
    Path image = temporary.resolve("image");
    assertThat(ModuleFinder.of(target.resolve("lib")).findAll())
        .as("modules: jlink takes no automatic one")
        .noneMatch(module -> module.descriptor().isAutomatic());

    Jdk.Result made =
        Jdk.run(
            "jlink",
            List.of(
                "--module-path",
                jar(target) + File.pathSeparator + target.resolve("lib"),
                "--add-modules",
                "com.example,dev.heddle.simd",
                "--output",
                image.toString()));
    assertThat(made)
        .isEqualTo(new Jdk.Result(0, Jdk.INCUBATES, "")); // jlink warns on standard output

    Jdk.Result run =
        Jdk.run(
            List.of(
                image.resolve("bin/java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "--module",
                "com.example/com.example.Main"));
    assertThat(run).isEqualTo(new Jdk.Result(0, PRINTED, Jdk.INCUBATES));
  }

  @Test
  void inKotlin() throws Exception {
    Path target = built("kotlin");
    String classPath = jar(target) + File.pathSeparator + target.resolve("lib/*");

    assertThat(java(ADD_MODULES, "-cp", classPath, "MainKt"))
        .isEqualTo(new Jdk.Result(0, PRINTED, Jdk.INCUBATES));
  }

  private Jdk.Result java(String... arguments) throws Exception {
    List<String> options = List.of("-Djava.io.tmpdir=" + temporary);
    return Jdk.run("java", Stream.concat(options.stream(), Stream.of(arguments)).toList());
  }

  /** The folder {@code target} of a project that this run of Maven built. */
  private static Path built(String project) {
    Path target = Repository.path("examples/consumers").resolve(project).resolve("target");
    assumeTrue(
        Boolean.getBoolean("heddle.consumers") && Files.isDirectory(target.resolve("lib")),
        "left out, for the consumers were not built: ./heddle test builds them, or"
            + " ./mvnw -Pconsumers verify");
    return target;
  }

  private static String jar(Path target) {
    return target.resolve(target.getParent().getFileName() + "-1.0.jar").toString();
  }
}
