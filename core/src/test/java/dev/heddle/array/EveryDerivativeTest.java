package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.heddle.grad.Checks;
import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that every operation has either an example here, whose derivative finite differences
 * confirm, or an entry in the list of those without one, with the reason.
 */
class EveryDerivativeTest {
  private static final Map<String, String> WITHOUT =
      Map.of(
          "Cast", "finite differences do not apply to rounding; tested in ArithmeticDerivativeTest",
          "Compare$Comparison", "its result is bool",
          "Compare$Logical", "its result is bool",
          "Sort$Ordering", "its result is integers",
          "Norm$LastAxis",
              "float32 only; NormDerivativeTest compares it with its operations in float64");

  private static final Array W = Numbers.of(31, DType.FLOAT64, 3, 4);
  private static final Array INDICES = Array.of(new int[] {1, 0, 1, 2});

  /** Functions of an array of shape [2, 3]. */
  private static final List<UnaryOperator<Array>> EXAMPLES =
      List.of(
          x -> x.times(x),
          x -> Elementwise.sin(x),
          x -> Where.where(Compare.greater(x, Array.scalar(0, DType.FLOAT64)), x.times(2), x),
          x -> x.sum(1).times(x.sum(0, 1)),
          x -> Softmax.softmax(x),
          x -> Softmax.logsumexp(x, 0),
          x -> Cumulative.cumsum(x, 0),
          x -> Sort.sort(x, -1),
          x -> x.matmul(W),
          x -> Einsum.einsum("ij,kj->ik", x, x),
          x -> Reshape.broadcastTo(x.reshape(1, 6), 2, 6).transpose(),
          x -> Repeat.repeat(x, 2, 1).plus(x.get(0).sum()),
          x -> x.plus(Reshape.broadcastTo(x.get(0), 4, 1, 3)),
          x -> Concatenate.concatenate(List.of(x, x.times(3)), 1),
          x -> Slice.set(x, x.get(1).times(2), Index.at(0)),
          x -> Slice.get(x, Index.all(), Index.every(2)),
          x -> Gather.take(x, INDICES, 1),
          x -> Gather.index(x, Array.of(new int[] {0, 1, 0}), Array.of(new int[] {2, 0, 2})),
          EveryDerivativeTest::attention,
          EveryDerivativeTest::attentionLayer,
          x -> Attention.weights(heads(x), heads(x).times(2), null, Attention.Options.NONE),
          x ->
              Attention.weightsOfScores(
                  x.reshape(1, 2, 3), null, DType.FLOAT64, Attention.Options.NONE));

  private static Array heads(Array x) {
    return x.reshape(2, 1, 3);
  }

  private static Array attention(Array x) {
    Array h = heads(x);
    return Attention.attend(h, h.times(2), h.plus(1), null, Attention.Options.NONE);
  }

  private static Array attentionLayer(Array x) {
    Array kernel = Numbers.of(33, DType.FLOAT64, 3, 2, 4).times(x.get(0, 1));
    Array bias = Numbers.of(34, DType.FLOAT64, 2, 4).times(x.get(1, 2));
    var operand =
        new AttentionLayer.Operand(x.reshape(1, 2, 3), new AttentionLayer.Projection(kernel, bias));
    var out =
        new AttentionLayer.Projection(
            Numbers.of(35, DType.FLOAT64, 2, 4, 3).times(x.get(0, 0)), x.get(1));
    return AttentionLayer.apply(
        operand, operand, operand, out, DType.FLOAT64, Attention.Options.NONE);
  }

  private static List<Integer> numbers() {
    return IntStream.range(0, EXAMPLES.size()).boxed().toList();
  }

  private final Array at = Numbers.of(32, DType.FLOAT64, 2, 3);

  @ParameterizedTest
  @MethodSource("numbers")
  void agreesWithFiniteDifferences(int example) {
    UnaryOperator<Array> f = EXAMPLES.get(example);
    Checks.checkGradient(in -> f.apply(in.getFirst()), at);
    Checks.checkGradient(in -> gradient(f).apply(in.getFirst()), at);
  }

  private static Function<Array, Array> twice(UnaryOperator<Array> f) {
    return x -> Grad.grad(v -> Elementwise.square(gradient(f).apply(v)).sum(), x);
  }

  private static Function<Array, Array> gradient(UnaryOperator<Array> f) {
    return x -> Grad.grad(v -> Elementwise.square(f.apply(v)).sum(), x);
  }

  @Test
  void everyOperationHasAnExampleOrAReason() {
    RecordingTracer spy = new RecordingTracer();
    for (UnaryOperator<Array> f : EXAMPLES) {
      assertThat(twice(f).apply(at.traced(spy, 0)).shape()).isEqualTo(at.shape());
    }
    Set<String> known = new TreeSet<>(spy.seen);
    known.addAll(WITHOUT.keySet());
    assertThat(known).containsAll(operations());
    assertThat(operations()).containsAll(WITHOUT.keySet());
    assertThat(spy.seen).doesNotContain("Norm$LastAxis");
  }

  private static Set<String> operations() {
    return new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.heddle.array")
            .stream()
            .filter(type -> !type.isInterface() && type.isAssignableTo(Op.class))
            .map(JavaClass::getName)
            .map(EveryDerivativeTest::shortened)
            .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String shortened(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Records the operations with floating-point results that run, those of derivatives included. */
  private static final class RecordingTracer implements Tracer {
    final Set<String> seen = new TreeSet<>();

    @Override
    public long level() {
      return -1; // outside of every tape
    }

    @Override
    public boolean isRecording() {
      return false; // the test reads results
    }

    @Override
    public Array record(Op op, List<Array> inputs, List<Array> primals, Op.ForwardResult kept) {
      boolean floats = kept.output().dtype().isFloating();
      if (floats) {
        seen.add(shortened(op.getClass().getName()));
      }
      return floats ? kept.output().traced(this, 0) : kept.output();
    }
  }
}
