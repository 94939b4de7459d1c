package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of CONTRIBUTING.md that a machine can hold, over every file of every module. */
class HouseRulesTest {
  private static final int LONGEST = 600;

  /** Files that may be longer; the head of each says "Long because" and why. */
  private static final Set<String> LONG =
      Set.of("core/src/main/java/dev/heddle/array/storage/Storage.java");

  private static final Pattern TYPE_NAME =
      Pattern.compile("^\\s*[\\w\\s@-]*\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)");

  /** Whole words of a camel-case name. */
  private static final Pattern VAGUE =
      Pattern.compile("(?:.*[a-z0-9])?(?:Utils?|Helpers?|Commons?|Managers?|Impl)(?:[A-Z0-9].*)?");

  private static final Pattern HOST =
      Pattern.compile("\\b(?:https?|ssh|git)://(?:[^/@\\s]*@)?([\\w.-]+)");

  /** Whom a file may name: the licence, the formats' own names, and where this project lives. */
  private static final Set<String> HOSTS =
      Set.of(
          "www.apache.org",
          "maven.apache.org",
          "www.w3.org",
          "github.com",
          "flax-linen.readthedocs.io",
          "docs.jax.dev",
          "keepachangelog.com",
          "semver.org",
          "arxiv.org");

  private static final Pattern REGISTRY =
      Pattern.compile(
          "(?i)\\brepo\\d*[.]maven|pythonhosted[.]|\\bpypi[.]org|sonatype[.]|jitpack[.]io");

  private static final String NOT_INSIDE_A_PATH = "(?<![\\w.$})*~\\\\-])";

  private static final Pattern HOME_PATH =
      Pattern.compile(NOT_INSIDE_A_PATH + "/(?:work|root|home/\\w+|Users/\\w+)(?:/|\\b)");

  private static final List<Path> FILES = Repository.files();

  @Test
  void noFileIsLongerThanItsReasonAllows() {
    List<String> over =
        code().filter(file -> lines(file).size() > LONGEST).map(Path::toString).toList();
    assertThat(over)
        .as("files of more than %d lines", LONGEST)
        .containsExactlyInAnyOrderElementsOf(LONG);
    assertThat(LONG)
        .allSatisfy(file ->
            assertThat(String.join("\n", lines(Path.of(file)).subList(0, 60)))
                .as("the head of %s", file)
                .contains("Long because"));
  }

  @Test
  void noTypeHasANameThatSaysNothing() {
    assertThat(
            findings(
                java(),
                line ->
                    TYPE_NAME
                        .matcher(line)
                        .results()
                        .map(found -> found.group(1))
                        .anyMatch(name -> VAGUE.matcher(name).matches())))
        .isEmpty();
    assertThat(List.of("ShapeUtil", "Util", "HelperTask", "KernelsImpl", "Managers"))
        .allMatch(name -> VAGUE.matcher(name).matches());
    assertThat(List.of("Implicit", "Utility", "Commonly", "Reutil"))
        .noneMatch(name -> VAGUE.matcher(name).matches());
  }

  @Test
  void everyPackageSaysWhatItUsesAndWhoUsesIt() {
    Set<String> packages = new TreeSet<>();
    java()
        .filter(file -> !file.endsWith("module-info.java"))
        .filter(file -> !file.startsWith("examples") || file.startsWith("examples/src")) // users'
        .forEach(file -> packages.add(packageOf(file)));
    Set<String> described =
        java()
            .filter(file -> file.endsWith("package-info.java"))
            .filter(file -> text(file).contains("@NullMarked"))
            .filter(file ->
                text(file).matches("(?s).*\\b[Uu]ses\\b.*\\b[Uu]sed\\s+(?:\\*\\s+)?by\\b.*"))
            .map(HouseRulesTest::packageOf)
            .collect(Collectors.toCollection(TreeSet::new));
    packages.removeAll(described);
    assertThat(packages)
        .as("packages without a package-info that is @NullMarked and says \"Uses\" and \"Used by\"")
        .isEmpty();
  }

  @Test
  void onlySimdKnowsWhatIncubates() {
    Pattern incubator = Pattern.compile("^\\s*(?:import|requires)\\b.*\\bjdk[.]incubator\\b");
    assertThat(
            findings(
                java().filter(file -> !file.startsWith("simd") && !file.startsWith("bench")),
                line -> incubator.matcher(line).find()))
        .isEmpty();
  }

  /** Without one jqwik draws a seed in every run, and the same commit may pass and fail. */
  @Test
  void everyPropertyHasASeed() {
    Predicate<String> unseeded = line -> line.matches("\\s*@Property\\b(?!.*\\bseed = ).*");
    assertThat(findings(java(), unseeded)).isEmpty();
    assertThat(List.of("  @Property", "@Property(tries = 20)")).allMatch(unseeded);
    assertThat(List.of("@Property(tries = 20, seed = \"1\")")).noneMatch(unseeded);
  }

  @Test
  void noFileNamesARegistry() {
    assertThat(findings(text(), line -> REGISTRY.matcher(line).find())).isEmpty();
  }

  @Test
  void noFileNamesAHostThatIsNotKnown() {
    Predicate<MatchResult> unknown = found -> !HOSTS.contains(found.group(1));
    assertThat(findings(text(), line -> HOST.matcher(line).results().anyMatch(unknown))).isEmpty();
  }

  @Test
  void noFileNamesAPathOfOneMachine() {
    Predicate<String> here = pathsOfThisMachine().asPredicate();
    assertThat(findings(text(), line -> HOME_PATH.matcher(line).find() || here.test(line)))
        .isEmpty();
    String work = "/" + "work"; // in pieces, because this file is read too
    String user = "/" + "home/me";
    assertThat(List.of("see " + work + "/notes", "cd " + work, "'" + user + "/x'"))
        .allMatch(line -> HOME_PATH.matcher(line).find());
    assertThat(
            List.of("the network/work/load", "$HOME/work/x", "params/root", "/workers", "/roots"))
        .noneMatch(line -> HOME_PATH.matcher(line).find());
  }

  /** The checkout and the home directory, where they are names of at least two parts. */
  private static Pattern pathsOfThisMachine() {
    return Pattern.compile(
        Stream.of(Repository.root(), Path.of(System.getProperty("user.home")))
            .filter(path -> path.getNameCount() > 1)
            .map(path -> NOT_INSIDE_A_PATH + Pattern.quote(path.toString()) + "\\b")
            .collect(Collectors.joining("|", "(?:", "|(?!))")));
  }

  // --- over the files

  private static Stream<Path> java() {
    return FILES.stream().filter(file -> file.toString().endsWith(".java"));
  }

  private static Stream<Path> code() {
    return FILES.stream()
        .filter(file -> file.toString().matches(".*[.](?:java|py|sh)|heddle|mvnw"));
  }

  /** Files without a zero byte in their first block. */
  private static Stream<Path> text() {
    return FILES.stream().filter(HouseRulesTest::isText);
  }

  private static boolean isText(Path file) {
    try (var in = Files.newInputStream(Repository.root().resolve(file))) {
      for (byte one : in.readNBytes(8192)) {
        if (one == 0) {
          return false;
        }
      }
      return true;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The lines that a rule finds, as {@code file:line: text}. */
  private static List<String> findings(Stream<Path> files, Predicate<String> rule) {
    List<String> found = new ArrayList<>();
    files.forEach(file -> {
      List<String> lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (rule.test(lines.get(i))) {
          found.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    });
    return found;
  }

  private static List<String> lines(Path file) {
    return text(file).lines().toList();
  }

  private static String text(Path file) {
    try {
      return new String(
          Files.readAllBytes(Repository.root().resolve(file)), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** {@code core/src/test/java/dev/heddle/array/ArrayTest.java}: {@code core:dev.heddle.array}. */
  private static String packageOf(Path file) {
    return file.getName(0)
        + ":"
        + file.subpath(4, file.getNameCount() - 1).toString().replace('/', '.');
  }
}
