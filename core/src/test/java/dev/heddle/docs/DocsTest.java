package dev.heddle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.support.JavaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the Java that stands in the documentation, word by word. */
class DocsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern JAVA = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
  private static final String IMPORTS =
      """
      import dev.heddle.array.*;
      import dev.heddle.array.*;
      import dev.heddle.grad.*;
      import dev.heddle.linen.*;
      import dev.heddle.linen.attention.*;
      import dev.heddle.linen.initializers.*;
      import dev.heddle.linen.layers.*;
      import dev.heddle.linen.Module;
      import dev.heddle.linen.initializers.VarianceScaling.*;
      import dev.heddle.optim.*;
      import dev.heddle.random.*;
      import dev.heddle.random.Random;
      import java.util.List;
      import java.util.Map;
      import java.util.function.Function;
      """;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> theJavaForFlaxUsersCompilesAndRuns() throws IOException {
    List<String> blocks = javaOf(ROOT.resolve("docs/coming-from-flax.md"));
    String shared = blocks.removeFirst();
    assertThat(blocks).hasSizeGreaterThan(8);
    List<DynamicTest> tests = new ArrayList<>();
    for (String block : blocks) {
      String type = "Snippet" + tests.size();
      String title = block.lines().findFirst().orElseThrow();
      tests.add(
          DynamicTest.dynamicTest(
              title, () -> JavaSource.run(folder, type, snippet(type, shared, block))));
    }
    return tests.stream();
  }

  private static String snippet(String type, String shared, String block) {
    return IMPORTS + "class " + type + " {\n  void main() {\n" + shared + block + "  }\n}\n";
  }

  private static List<String> javaOf(Path page) throws IOException {
    Matcher matcher = JAVA.matcher(Files.readString(page));
    return matcher
        .results()
        .map(result -> result.group(1))
        .collect(Collectors.toCollection(ArrayList::new));
  }
}
