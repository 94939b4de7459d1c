package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the launcher finds a JDK, on machines made of directories with a {@code release} file; and
 * what it says where there is none. Nothing is built here.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class LauncherTest {
  @TempDir Path machine;
  private Path usual;
  private Path tools;

  @BeforeEach
  void aMachineWithoutJava() throws IOException {
    usual = Files.createDirectories(machine.resolve("usual places"));
    tools = Files.createDirectories(machine.resolve("bin"));
    Path readlink = tools.resolve("readlink");
    Files.writeString(readlink, "#!/bin/sh\nexec '" + onThePath("readlink") + "' \"$@\"\n");
    assertThat(readlink.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void takesTheOldestThatWillDo() throws IOException {
    jdk("usual places/one", "24.0.2");
    jdk("usual places/two", "26");
    jdk("usual places/three", "25.0.3");
    assertThat(find(Map.of())).isEqualTo("25 " + usual.resolve("three"));
  }

  @Test
  void javaHomeComesFirstWhereItWillDo() throws IOException {
    jdk("usual places/25", "25");
    String newer = jdk("elsewhere/26", "26-ea").toString();
    String older = jdk("elsewhere/17", "17.0.15").toString();
    assertThat(find(Map.of("JAVA_HOME", newer))).isEqualTo("26 " + newer);
    assertThat(find(Map.of("JAVA_HOME", older))).isEqualTo("25 " + usual.resolve("25"));
  }

  @Test
  void followsTheJavaOnThePathThroughItsLinks() throws IOException {
    Path home = jdk("opt/jdk 25", "25.0.1");
    Path alternatives = Files.createDirectories(machine.resolve("alternatives"));
    Files.createSymbolicLink(alternatives.resolve("java"), home.resolve("bin/java"));
    Files.createSymbolicLink(tools.resolve("java"), Path.of("../alternatives/java"));
    assertThat(find(Map.of())).isEqualTo("25 " + home);
  }

  @Test
  void aNamedHomeIsTheOnlyOneAsked() throws IOException {
    jdk("usual places/25", "25");
    Path old = jdk("old", "1.8.0_402");
    Run run = heddle(Map.of("HEDDLE_JAVA_HOME", old.toString()));
    assertThat(run)
        .isEqualTo(
            new Run(
                1,
                "",
                "heddle: needs a JDK 25 or newer; HEDDLE_JAVA_HOME is 8 at %1$s: %1$s\n"
                    .formatted(old)));
  }

  @Test
  void oneLineWhereThereIsNone() throws IOException {
    assertThat(heddle(Map.of()))
        .isEqualTo(
            new Run(
                1,
                "",
                "heddle: needs a JDK 25 or newer; found none; set HEDDLE_JAVA_HOME or install one\n"));
  }

  @Test
  void oneLineWhereAllAreTooOld() throws IOException {
    Path old = jdk("usual places/17", "17.0.15");
    assertThat(heddle(Map.of()))
        .isEqualTo(
            new Run(
                1,
                "",
                "heddle: needs a JDK 25 or newer; found only 17 at "
                    + old
                    + "; set HEDDLE_JAVA_HOME or install one\n"));
  }

  @Test
  void aRunTimeWithoutCompilerWillNotDo() throws IOException {
    Path runTime = jdk("usual places/jre", "25.0.3");
    Files.delete(runTime.resolve("bin/javac"));
    assertThat(heddle(Map.of()).err()).contains("found only a JRE 25 at " + runTime + ";");
  }

  @Test
  void runsThroughALinkFromAnywhere() throws IOException {
    Path link = Files.createSymbolicLink(machine.resolve("my heddle"), Repository.path("heddle"));
    Run run = run(Map.of(), link.toString(), "version");
    Files.delete(link); // JUnit warns of links that lead out of the directory
    assertThat(run.err()).startsWith("heddle: needs a JDK 25").hasLineCount(1);
  }

  /** {@code find_jdk} on this machine: the version and the home. */
  private String find(Map<String, String> environment) throws IOException {
    String script =
        ". '%s' && find_jdk heddle && printf '%%s %%s' \"$jdk_major\" \"$jdk\""
            .formatted(Repository.path(".mvn/jdk.sh"));
    Run run = run(environment, "/bin/sh", "-euc", script);
    assertThat(run.err()).isEmpty();
    return run.out();
  }

  private Run heddle(Map<String, String> environment) throws IOException {
    return run(environment, Repository.path("heddle").toString(), "version");
  }

  private Run run(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(machine.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("HOME", machine.toString());
    builder.environment().put("HEDDLE_JDK_PLACES", machine.resolve("nowhere") + ":" + usual);
    builder.environment().putAll(environment);
    Path err = machine.resolve("err");
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Run(process.waitFor(), out, Files.readString(err));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private record Run(int status, String out, String err) {}

  private Path jdk(String where, String version) throws IOException {
    Path home = machine.resolve(where);
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Someone\"\nJAVA_VERSION=\"" + version + "\"\n");
    for (String program : List.of("java", "javac")) {
      Path file = Files.writeString(home.resolve("bin").resolve(program), "#!/bin/sh\nexit 9\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    return home;
  }

  private static Path onThePath(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }
}
