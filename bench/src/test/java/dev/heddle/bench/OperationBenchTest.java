package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.MatMul;
import dev.heddle.array.Sort;
import dev.heddle.grad.Grad;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every public operation is measured and listed in docs/performance.md. */
class OperationBenchTest {
  private static final Path PAGE = Path.of("../docs/performance.md");

  /** Public methods that return arrays: a class without a constructor holds operations. */
  private static Set<String> publicOperations() {
    return classes().stream()
        .filter(type -> Modifier.isPublic(type.getModifiers()))
        .filter(type -> type != Array.class && !type.isInterface()) // these delegate
        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> Modifier.isStatic(method.getModifiers()))
        .filter(OperationBenchTest::returnsArrays)
        .map(method -> method.getDeclaringClass().getSimpleName() + "." + method.getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean returnsArrays(Method method) {
    Class<?> type = method.getReturnType();
    return type == Array.class || type == List.class || type == Sort.TopK.class;
  }

  private static List<Class<?>> classes() {
    try {
      URI home = MatMul.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      if (Files.isDirectory(Path.of(home))) {
        return classes(Path.of(home));
      }
      try (FileSystem jar = FileSystems.newFileSystem(Path.of(home), Map.of())) {
        return classes(jar.getPath("/"));
      }
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Class<?>> classes(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("dev/heddle/array"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
          .filter(Predicate.not(name -> name.contains("$")))
          .<Class<?>>map(name -> OperationBenchTest.load(name.replace(".class", "")))
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName("dev.heddle.array." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Operation> all() {
    return OperationCatalog.all();
  }

  @Test
  void everyPublicOperationIsMeasured() {
    assertThat(all()).extracting(Operation::name).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(all().stream().map(Operation::name).toList()))
        .isEqualTo(publicOperations());
  }

  @ParameterizedTest
  @MethodSource("all")
  void theExampleRunsInItsTypesAndHasItsDerivative(Operation operation) {
    for (DType dtype : operation.kind().dtypes()) {
      OperationInputs in = new OperationInputs(dtype, 8);
      Array output = operation.body().apply(in.x(), in);
      assertThat(OperationInputs.bytes(output)).isPositive();
      if (operation.kind().isDifferentiable() && dtype.isFloating()) {
        var vjp = Grad.vjp(x -> operation.body().apply(x, in), in.x());
        Array cotangent = Array.full(0.5, output.dtype(), output.shape().dims());
        assertThat(vjp.pullback(cotangent).shape()).isEqualTo(in.x().shape());
      }
    }
  }

  @Test
  void thePageHasEveryOperationAndAReasonForEachThatIsSlow() throws IOException {
    String page = Files.readString(PAGE);
    for (Operation operation : all()) {
      int table = page.indexOf("## " + operation.group() + ", ");
      assertThat(table).as(operation.group()).isPositive();
      assertThat(page.indexOf("| `" + operation.method() + "` | ", table))
          .as(operation.name())
          .isPositive();
    }
    assertThat(page).doesNotContain("no reason known");
  }

  @Test
  void whatIsTenTimesSlowerThanItsNeighboursHasANote() {
    Operation quick = operation("Elementwise.abs", "");
    Operation slow = operation("Elementwise.exp", "");
    Operation known = operation("Elementwise.log", "it thinks");
    Operation last = operation("Elementwise.sin", "");
    List<OperationResult> results =
        List.of(
            result(quick, 64, 20),
            result(quick, 1024, 50),
            result(slow, 64, 1.9),
            result(slow, 1024, 50),
            result(known, 64, 20),
            result(known, 1024, 4.96),
            result(last, 64, 20),
            result(last, 1024, 50));
    Machine machine =
        new Machine(
            "A", 2, 2, "P", 0, "S", "J", "1", "K: why", 100, List.of(), new LinkedHashMap<>());

    assertThat(new OperationReport(machine, 0.01, results).page())
        .contains(
            """
            ## Elementwise, GB/s

            | | float32 |
            |---|---|
            | `abs` | 20 / 50 |
            | `exp` | 1.9 \\* / 50 |
            | `log` | 20 / 5.0 \\* |
            | `sin` | 20 / 50 |

            - \\* `exp`: **no reason known**
            - \\* `log`: it thinks
            """);
  }

  private static Operation operation(String name, String reason) {
    return new Operation(name, Operation.Kind.FLOAT, (x, in) -> x, null, reason);
  }

  private static OperationResult result(Operation operation, int side, double rate) {
    return new OperationResult(operation, DType.FLOAT32, side, false, rate);
  }
}
