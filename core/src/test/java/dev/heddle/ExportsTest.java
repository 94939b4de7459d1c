package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The public API of this module mentions no type that its users cannot reach: {@code javac
 * -Xlint:exports} finds none but {@code @Nullable}. That one must stay: to require its module
 * transitively would make every user's module need it at compile time.
 */
class ExportsTest {
  private static final String NULLABLE = "class org.jspecify.annotations.Nullable";

  @TempDir Path classes;

  @Test
  void thePublicApiMentionsExportedTypesOnly() throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    Path jspecify =
        Path.of(Nullable.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> options =
        List.of(
            "-Xlint:exports",
            "-proc:none",
            "-XDshould-stop.ifNoError=ATTR",
            "-Xmaxwarns",
            "10000",
            "-d",
            classes.toString());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      files.setLocationFromPaths(StandardLocation.MODULE_PATH, List.of(jspecify));
      assertThat(
              compiler
                  .getTask(null, files, found, options, null, files.getJavaFileObjects(sources()))
                  .call())
          .as(found.getDiagnostics().toString())
          .isTrue();
    }

    List<String> leaks =
        found.getDiagnostics().stream()
            .filter(each -> each.getCode().startsWith("compiler.warn.leaks"))
            .map(ExportsTest::text)
            .toList();
    assertThat(leaks).anyMatch(each -> each.contains(NULLABLE)); // the check runs
    assertThat(leaks).allMatch(each -> each.contains(NULLABLE));
  }

  private static String text(Diagnostic<? extends JavaFileObject> found) {
    return found.getSource() + ":" + found.getLineNumber() + ": " + found.getMessage(null);
  }

  private static Path[] sources() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("src/main/java"))) {
      return all.filter(file -> file.toString().endsWith(".java")).toArray(Path[]::new);
    }
  }
}
