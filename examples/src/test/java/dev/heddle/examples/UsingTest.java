package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.JavaSource;
import dev.heddle.support.Repository;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/using.md}: its programs run, its XML equals that of the consumers, its table agrees
 * with the modules.
 */
class UsingTest {
  private static final String PAGE = read("docs/using.md");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyProgramPrintsWhatItsCommentsSay() {
    List<String> programs =
        blocks("java").stream().filter(block -> block.contains("void main()")).toList();
    assertThat(programs).hasSize(3);
    return programs.stream()
        .map(program ->
            DynamicTest.dynamicTest(
                program.lines().findFirst().orElseThrow(),
                () -> {
                  String type = "Program" + programs.indexOf(program);
                  List<String> printed =
                      Pattern.compile("IO[.]println\\(.*\\); // (.*)")
                          .matcher(program)
                          .results()
                          .map(found -> found.group(1))
                          .toList();
                  assertThat(printed).isNotEmpty();
                  assertThat(JavaSource.run(folder, type, program).lines())
                      .containsExactlyElementsOf(printed);
                }));
  }

  @Test
  void withoutItsOwnImportModuleIsAmbiguous() {
    String program =
        blocks("java").stream()
            .filter(block -> block.contains("Residual"))
            .findFirst()
            .orElseThrow();
    String without = program.replaceFirst("import dev[.]heddle[.]linen[.]Module;.*\n", "");

    assertThat(JavaSource.compile(folder, "Ambiguous", without))
        .contains("reference to Module is ambiguous");
  }

  @Test
  void itsXmlAndItsModuleAreThoseOfTheConsumers() {
    String xml = blocks("xml").getFirst();
    for (String consumer : List.of("classpath", "modulepath", "fatjar")) {
      assertThat(read("examples/consumers/" + consumer + "/pom.xml")).contains(xml);
    }
    String module =
        blocks("java").stream()
            .filter(block -> block.startsWith("module"))
            .findFirst()
            .orElseThrow();
    assertThat(read("examples/consumers/modulepath/src/main/java/module-info.java"))
        .endsWith(module);
  }

  @Test
  void itsVersionIsTheBuildsAndItsArtifactsArePublished() {
    String version = text(read("pom.xml"), "<version>(.*?)</version>");
    assertThat(PAGE).contains("version `" + version + "`");
    assertThat(text(read("bom/pom.xml"), "<version>(.*?)</version>")).isEqualTo(version);
    assertThat(blocks("xml").getFirst()).contains("<version>" + version + "</version>");

    String gradle = blocks("kotlin").getFirst();
    assertThat(gradle).contains("platform(\"dev.heddle:heddle-bom:" + version + "\")");
    for (String artifact : List.of("core", "io", "models")) {
      assertThat(gradle).contains("implementation(\"dev.heddle:heddle-" + artifact + "\")");
      assertThat(read("bom/pom.xml")).contains("<artifactId>heddle-" + artifact + "</artifactId>");
    }
    assertThat(gradle).contains("runtimeOnly(\"dev.heddle:heddle-simd\")");
  }

  @Test
  void itsTableNamesTheModuleOfEachArtifact() {
    Map<String, String> found = new TreeMap<>();
    Path[] path =
        Stream.of(Jdk.modulePath().split(File.pathSeparator)).map(Path::of).toArray(Path[]::new);
    for (ModuleReference module : ModuleFinder.of(path).findAll()) {
      String name = module.descriptor().name();
      if (name.startsWith("dev.heddle")) {
        String last = name.substring("dev.heddle".length()).replace(".", "");
        found.put("heddle-" + (last.isEmpty() ? "core" : last), name);
      }
    }
    assertThat(found).hasSize(4);
    found.forEach((artifact, module) ->
        assertThat(PAGE).contains("| `%s` | `%s` |".formatted(artifact, module)));
  }

  private static List<String> blocks(String language) {
    return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
        .matcher(PAGE)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static String text(String from, String pattern) {
    var matcher = Pattern.compile(pattern).matcher(from);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private static String read(String path) {
    try {
      return Files.readString(Repository.path(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
