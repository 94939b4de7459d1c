package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code heddle.cmd} and {@code mvnw.cmd} offer what {@code heddle} and {@code mvnw} offer. */
class WindowsLauncherTest {
  /** A command of the launcher's own, in the comments at its top. */
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^(?:#|rem) +(?:[.]/)?heddle ([a-z]+)(?: |$)");

  private static final Pattern VARIABLE = Pattern.compile("\\b(?:HEDDLE|MVNW)_[A-Z]+\\b");

  /** What has no meaning on Windows, or is a test's own. */
  private static final Set<String> POSIX_ONLY = Set.of("HEDDLE_ORACLES", "HEDDLE_STAMP");

  @Test
  void theSameCommands() throws IOException {
    Set<String> commands = all(COMMAND, 1, read("heddle"));
    assertThat(commands).contains("test", "tidy", "bench", "site", "java", "jshell");
    assertThat(all(COMMAND, 1, read("heddle.cmd"))).isEqualTo(commands);
    for (String command : commands) {
      assertThat(read("heddle.cmd")).contains("if \"%~1\"==\"" + command + "\" goto " + command);
    }
  }

  @Test
  void theSameVariables() throws IOException {
    assertThat(variables("heddle.cmd")).isEqualTo(variables("heddle"));
    assertThat(variables("mvnw.cmd")).isEqualTo(variables("mvnw"));
  }

  @Test
  void theSameOptionsOfTheJvm() throws IOException {
    Pattern option = Pattern.compile("(?<=[\\s\"=])(?:--?[A-Za-z][\\w:.*+=-]*)");
    Set<String> known =
        all(option, 0, read("heddle")).stream()
            .filter(text ->
                text.matches(
                    "-X.*|-D(heddle[.]bench|DJL|ENGINE).*"
                        + "|--(add|enable|sun|limit|module|class|startup).*"))
            .filter(text -> !text.contains("AOT")) // the start-up archive is made by heddle only
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(known).hasSizeGreaterThan(10);
    assertThat(all(option, 0, read("heddle.cmd"))).containsAll(known);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heddle.cmd", "mvnw.cmd", ".mvn/jdk.cmd"})
  void everyLabelThatIsCalledExistsAndLinesEndAsWindowsWantsThem(String file) throws IOException {
    String text = Files.readString(Repository.path(file));
    assertThat(text.replace("\r\n", "")).as("line ends").doesNotContain("\n", "\r");
    Set<String> labels = all(Pattern.compile("(?m)^:(\\w+)"), 1, text);
    Set<String> called = all(Pattern.compile("(?:goto |call :)(\\w+)(?=[\\s)])"), 1, text);
    assertThat(labels).containsAll(called);
    assertThat(text).startsWith("@echo off\r\n");
  }

  @Test
  void helpIsThereForEveryCommandThatOffersIt() throws IOException {
    for (String command : List.of("test", "mutate", "tidy", "site", "java", "jshell")) {
      assertThat(read("heddle.cmd")).contains("\n:help_" + command + "\n");
    }
  }

  private static Set<String> variables(String file) throws IOException {
    Set<String> found = all(VARIABLE, 0, read(file));
    found.removeAll(POSIX_ONLY);
    return found;
  }

  private static Set<String> all(Pattern pattern, int group, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(group))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String read(String file) throws IOException {
    return Files.readString(Repository.path(file)).replace("\r\n", "\n");
  }
}
