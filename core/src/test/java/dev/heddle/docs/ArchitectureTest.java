package dev.heddle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md names files that exist, and a way through them that is there. */
class ArchitectureTest {
  private static final Path PAGE = Repository.root().resolve("docs/architecture.md");
  private static final Pattern STEP = Pattern.compile("(?m)^\\d\\. \\*\\*`(\\w+)`\\*\\*");
  private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+)`");

  private static Map<String, Path> sources() throws IOException {
    Map<String, Path> sources = new TreeMap<>();
    for (String module : List.of("core", "simd", "io", "models", "cli", "parity")) {
      for (String kind : List.of("main", "test", "test-support")) {
        Path folder = Repository.root().resolve(module + "/src/" + kind);
        if (Files.isDirectory(folder)) {
          try (Stream<Path> files = Files.walk(folder)) {
            files
                .filter(file -> file.toString().endsWith(".java"))
                .forEach(
                    file -> sources.put(file.getFileName().toString().replace(".java", ""), file));
          }
        }
      }
    }
    return sources;
  }

  @Test
  void everyClassOfThePageIsAFile() throws IOException {
    Map<String, Path> sources = sources();
    Matcher classes = CLASS.matcher(Files.readString(PAGE));
    List<String> missing = new ArrayList<>();
    while (classes.find()) {
      if (!sources.containsKey(classes.group(1))) {
        missing.add(classes.group(1));
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void eachOfTheSevenFilesUsesTheNext() throws IOException {
    Map<String, Path> sources = sources();
    Matcher steps = STEP.matcher(Files.readString(PAGE));
    List<String> names = new ArrayList<>();
    while (steps.find()) {
      names.add(steps.group(1));
    }
    assertThat(names).hasSize(7);
    for (int i = 1; i < names.size(); i++) {
      if (names.get(i).equals("SimdKernels")) {
        continue; // found by its interface: core does not know the module of SIMD
      }
      assertThat(Files.readString(sources.get(names.get(i - 1))))
          .as(names.get(i - 1))
          .contains(names.get(i));
    }
  }
}
