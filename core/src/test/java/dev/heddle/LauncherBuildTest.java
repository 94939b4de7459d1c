package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the launcher builds and starts, in a checkout of its own whose Maven makes empty jars and
 * whose JDK prints the words that it was started with.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class LauncherBuildTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2001-01-01T00:00:00Z"));

  @TempDir Path checkout;
  private Path out;

  @BeforeEach
  void aCheckout() throws IOException {
    out = checkout.resolve("target/heddle");
    script("heddle", Files.readString(Repository.path("heddle")));
    Files.createDirectories(checkout.resolve(".mvn"));
    Files.copy(Repository.path(".mvn/jdk.sh"), checkout.resolve(".mvn/jdk.sh"));
    script(
        "mvnw",
        """
        #!/bin/sh
        echo "[INFO] Building Heddle core 1"
        [ ! -e breaks ] || { echo "[ERROR] it breaks"; exit 1; }
        mkdir -p cli/target/lib cli/target/compile
        : > cli/target/lib/heddle-core-$(cat version).jar
        : > cli/target/heddle-cli-$(cat version).jar
        """);
    Files.writeString(checkout.resolve("version"), "1.0\n");
    Files.createDirectories(checkout.resolve("core/src/main"));
    for (String source : List.of("pom.xml", "core/pom.xml")) {
      Files.writeString(checkout.resolve(source), "<project/>");
    }
    for (String source : List.of("heddle", "pom.xml", "core/pom.xml", "core/src/main")) {
      Files.setLastModifiedTime(checkout.resolve(source), LONG_AGO);
    }
    Files.createDirectories(checkout.resolve("jdk/bin"));
    Files.writeString(checkout.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    for (String tool : List.of("java", "javac", "jshell")) {
      script(
          "jdk/bin/" + tool,
          """
          #!/bin/sh
          for word; do printf '<%s>\\n' "$word"; done
          case " $* " in
            *" wait "*)
              touch started
              until [ -e go ]; do sleep 0.02; done
              ls target/heddle/cli.1/lib
              ;;
          esac
          """);
    }
  }

  @Test
  void theFirstRunBuildsAndTheNextDoesNot() throws Exception {
    Run first = heddle("version");
    assertThat(first.err())
        .isEqualTo(
            """
            heddle: building, with the JDK in %s
            heddle:   Heddle core
            heddle:   the start-up archive
            heddle: built
            """
                .formatted(checkout.resolve("jdk")));
    assertThat(first.out())
        .endsWith("<--module>\n<dev.heddle.cli/dev.heddle.cli.Main>\n<version>\n");

    assertThat(heddle("version")).isEqualTo(new Run(0, first.out(), ""));
    assertThat(builds()).containsExactly("cli.1");
  }

  @Test
  void anotherVersionLeavesNoJarOfTheOneBefore() throws Exception {
    heddle("version");
    Files.writeString(checkout.resolve("version"), "2.0\n");
    aSourceChanges();

    assertThat(heddle("version").out()).contains("<" + out.resolve("cli.2/lib") + ">");

    assertThat(files(out.resolve("cli.2/lib")))
        .containsExactly("heddle-cli-2.0.jar", "heddle-core-2.0.jar");
    assertThat(builds()).containsExactly("cli.2");
  }

  @Test
  void aRunningCommandKeepsTheBuildThatItBeganWith() throws Exception {
    heddle("version");
    Process running = start(Map.of(), "heddle", "train", "wait");
    while (!Files.exists(checkout.resolve("started"))) {
      assertThat(running.isAlive()).isTrue();
      Thread.sleep(10);
    }
    Files.writeString(checkout.resolve("version"), "2.0\n");
    aSourceChanges();
    heddle("version");
    assertThat(builds()).containsExactly("cli.1", "cli.2");

    Files.createFile(checkout.resolve("go"));
    assertThat(finished(running).out())
        .endsWith("<wait>\nheddle-cli-1.0.jar\nheddle-core-1.0.jar\n");

    aSourceChanges();
    heddle("version");
    assertThat(builds()).containsExactly("cli.3"); // nobody uses the others any more
  }

  @Test
  void aBuildThatFailsLeavesTheOneBefore() throws Exception {
    heddle("version");
    aSourceChanges();
    Files.createFile(checkout.resolve("breaks"));

    Run run = heddle("version");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .endsWith(
            """
            [ERROR] it breaks
            heddle: the build failed; all it said is in %s
            """
                .formatted(out.resolve("cli.log")));
    assertThat(builds()).containsExactly("cli.1");
  }

  @Test
  void theJvmsOptionsAreWordsAsAShellReadsThemAndNothingIsExecuted() throws Exception {
    heddle("version");
    Map<String, String> options =
        Map.of(
            "HEDDLE_JAVA_OPTS",
            "-Xmx1g  '-Da=b c' -Dq=\"x \\\" \\n $(touch bad)\" a\\ b\t'' `touch bad` * ;touch bad");

    Run run = run(options, "heddle", "apply", "one word", "*");

    assertThat(run.out())
        .contains(
            """
            <-Xmx1g>
            <-Da=b c>
            <-Dq=x " \\n $(touch bad)>
            <a b>
            <>
            <`touch>
            <bad`>
            <*>
            <;touch>
            <bad>
            <--module-path>
            """)
        .endsWith("<apply>\n<one word>\n<*>\n");
    assertThat(checkout.resolve("bad")).doesNotExist();
    assertThat(run(Map.of("HEDDLE_JAVA_OPTS", "-Da='b c"), "heddle", "version"))
        .isEqualTo(
            new Run(2, "", "heddle: HEDDLE_JAVA_OPTS: expected a closing ' after: -Da=b c\n"));
  }

  @Test
  void javaAndJshellGetTheModules() throws Exception {
    heddle("version");
    Path lib = out.resolve("cli.1/lib");

    assertThat(heddle("java", "-ea", "First.java", "a b").out())
        .isEqualTo(
            """
            <--module-path>
            <%s>
            <--add-modules>
            <dev.heddle,dev.heddle.io,dev.heddle.models>
            <-ea>
            <First.java>
            <a b>
            """
                .formatted(lib));
    assertThat(heddle("jshell", "-s").out())
        .isEqualTo(
            """
            <--module-path>
            <%s>
            <--add-modules>
            <dev.heddle,dev.heddle.io,dev.heddle.models>
            <--startup>
            <DEFAULT>
            <--startup>
            <%s>
            <-s>
            """
                .formatted(lib, checkout.resolve("examples/imports.jsh")));
  }

  @Test
  void helpDoesWithoutTheVectorApiOfWhichTheJvmWarns() throws Exception {
    heddle("version");
    for (String[] words :
        List.of(
            new String[] {},
            new String[] {"--help"},
            new String[] {"help", "apply"},
            new String[] {"apply", "--help"},
            new String[] {"completion", "bash"})) {
      assertThat(heddle(words).out()).contains("<--limit-modules=dev.heddle.cli>");
    }
    for (String[] words : List.of(new String[] {"version"}, new String[] {"apply", "--x64"})) {
      assertThat(heddle(words).out()).doesNotContain("--limit-modules");
    }
  }

  @Test
  void theLaunchersOwnCommandsShowHelpAndDoNothingElse() throws Exception {
    for (String command : List.of("test", "mutate", "tidy", "site", "java", "jshell")) {
      Run help = run(Map.of("HEDDLE_JAVA_HOME", "/nowhere"), "heddle", command, "--help");
      assertThat(help.out()).startsWith("Usage: heddle " + command);
      assertThat(help.err()).isEmpty();
      assertThat(help.status()).isZero();
      assertThat(run(Map.of("HEDDLE_JAVA_HOME", "/nowhere"), "heddle", "help", command))
          .isEqualTo(help);
    }
    assertThat(heddle("tidy", "core"))
        .isEqualTo(new Run(2, "", "heddle: tidy takes no arguments\n"));
    assertThat(heddle("site", "core"))
        .isEqualTo(new Run(2, "", "heddle: site takes no arguments\n"));
    assertThat(out).doesNotExist();
  }

  @Test
  void mutationsAreCountedByPackageWithTheTestsOfItsModule() throws Exception {
    Files.createDirectories(checkout.resolve("io/src/main/java/dev/heddle/io"));
    script(
        "mvnw",
        """
        #!/bin/sh
        printf '%s\\n' "$@" > asked
        mkdir -p io/target/pit-reports
        cat > io/target/pit-reports/mutations.csv << 'END'
        Npz.java,dev.heddle.io.Npz,MathMutator,read,1,KILLED,a test
        Npz.java,dev.heddle.io.Npz,MathMutator,read,2,SURVIVED,none
        Npz.java,dev.heddle.io.Npz,MathMutator,read,3,NO_COVERAGE,none
        Npz.java,dev.heddle.io.Npz,MathMutator,read,4,TIMED_OUT,a test
        END
        """);
    Run run = heddle("mutate", "io");
    assertThat(run.out())
        .isEqualTo(
            "io: 2 of 4 changes noticed (50 %); all are in "
                + checkout.toRealPath().resolve("io/target/pit-reports/index.html")
                + "\n");
    assertThat(run.err()).isEqualTo("heddle: mutations of dev.heddle.io, with the tests of io\n");
    assertThat(Files.readString(checkout.resolve("asked")))
        .contains("-pl\nio\n-am\n", "-DtargetClasses=dev.heddle.io.*\n");

    script("mvnw", "#!/bin/sh\necho no tests\nexit 1\n");
    run = heddle("mutate", "io");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("no tests\n", "heddle: mutate io failed; all it said is in ")
        .doesNotContain("changes noticed");
    assertThat(heddle("mutate", "../io"))
        .isEqualTo(
            new Run(
                2,
                "",
                "heddle: mutate ../io: expected a package below dev.heddle, such as optim or"
                    + " array\n"));
  }

  @Test
  void worksWithoutAHome() throws Exception {
    Map<String, String> homeless = new HashMap<>(Map.of("HEDDLE_JAVA_HOME", ""));
    homeless.put("JAVA_HOME", checkout.resolve("jdk").toString());
    homeless.put("HOME", null);
    assertThat(run(homeless, "heddle", "version").status()).isZero();

    homeless.put("JAVA_HOME", "");
    homeless.put("HEDDLE_JDK_PLACES", checkout.toString());
    assertThat(run(homeless, "heddle", "version").status()).isZero();
    homeless.put("HEDDLE_JDK_PLACES", null); // the usual places, whatever is there
    assertThat(run(homeless, "heddle", "version").err()).doesNotContain("HOME:");
  }

  @Test
  void mavenComesFromTheMirrorOfTheSettingsWhereNoneIsInstalled() throws Exception {
    Path tools = checkout.resolve("tools");
    String needed = "sed awk curl tar gzip sha512sum cut dirname mkdir mktemp mv rm cat";
    for (String tool : needed.split(" ")) {
      Path found = onThePath(tool);
      assumeTrue(found != null, "left out: " + tool + " is not on the PATH");
      script("tools/" + tool, "#!/bin/sh\nexec '" + found + "' \"$@\"\n");
    }
    script("mvnw", Files.readString(Repository.path("mvnw")));
    Files.createDirectories(checkout.resolve(".mvn/wrapper"));
    Path maven = checkout.resolve("repository/org/apache/maven/apache-maven/9.9");
    script(
        "repository/org/apache/maven/apache-maven/9.9/apache-maven-9.9/bin/mvn",
        "#!/bin/sh\necho \"Maven 9.9 $*\"\n");
    Path archive = maven.resolve("apache-maven-9.9-bin.tar.gz");
    Process tar =
        new ProcessBuilder(
                "tar", "-czf", archive.toString(), "-C", maven.toString(), "apache-maven-9.9")
            .start();
    assertThat(tar.waitFor()).isZero();
    byte[] hash = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(archive));
    Files.writeString(
        checkout.resolve(".mvn/wrapper/maven-wrapper.properties"),
        "version=9.9\nsha512=" + HexFormat.of().formatHex(hash) + "\n");
    Path home = checkout.resolve("home");
    Map<String, String> environment = Map.of("PATH", tools.toString(), "HOME", home.toString());

    assertThat(run(environment, "mvnw", "verify"))
        .isEqualTo(
            new Run(
                1,
                "",
                "mvnw: needs Maven 3.8 or newer on the PATH, or the address of a Maven repository,"
                    + " as MVNW_REPOURL or as a mirror in ~/.m2/settings.xml\n"));

    Files.createDirectories(home.resolve(".m2"));
    Files.writeString(
        home.resolve(".m2/settings.xml"),
        """
        <settings>
          <mirrors>
            <!-- <mirror><mirrorOf>*</mirrorOf><url>file:///commented</url></mirror> -->
            <mirror>
              <mirrorOf>external:http:*</mirrorOf><url>file:///http</url>
            </mirror>
            <mirror>
              <mirrorOf>*</mirrorOf><url>file:///blocked</url><blocked>true</blocked>
            </mirror>
            <mirror>
              <mirrorOf>snapshots, central</mirrorOf>
              <url>file://%s/</url>
            </mirror>
          </mirrors>
        </settings>
        """
            .formatted(checkout.resolve("repository")));
    assertThat(run(environment, "mvnw", "verify"))
        .isEqualTo(new Run(0, "Maven 9.9 verify\n", "mvnw: downloading Maven 9.9\n"));
    assertThat(run(environment, "mvnw", "verify")).isEqualTo(new Run(0, "Maven 9.9 verify\n", ""));
  }

  private void aSourceChanges() throws IOException {
    for (String build : builds()) {
      FileTime before = FileTime.from(LONG_AGO.toInstant().minusSeconds(60));
      Files.setLastModifiedTime(out.resolve(build).resolve("stamp"), before);
    }
  }

  private List<String> builds() throws IOException {
    return files(out).stream().filter(name -> name.matches("cli[.]\\d+")).toList();
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Run heddle(String... words) throws Exception {
    return run(
        Map.of(), Stream.concat(Stream.of("heddle"), Stream.of(words)).toArray(String[]::new));
  }

  private Run run(Map<String, String> environment, String... command) throws Exception {
    return finished(start(environment, command));
  }

  /** Starts a script of the checkout; a variable that is null is not set. */
  private Process start(Map<String, String> environment, String... command) throws IOException {
    command[0] = checkout.resolve(command[0]).toString();
    ProcessBuilder builder = new ProcessBuilder(command).directory(checkout.toFile());
    builder.environment().keySet().removeIf(name -> name.matches("(HEDDLE|MVNW|MAVEN|JAVA)_.*"));
    builder.environment().put("HEDDLE_JAVA_HOME", checkout.resolve("jdk").toString());
    environment.forEach((name, value) -> {
      if (value == null) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
    return builder.start();
  }

  private static Run finished(Process process) throws Exception {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return new Run(process.exitValue(), out, err);
  }

  private record Run(int status, String out, String err) {}

  private void script(String name, String text) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static Path onThePath(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }
}
