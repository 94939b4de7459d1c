package dev.heddle.random;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.random.GoldenDraws.Draw;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Draws equal JAX's in every bit, in both eras, partitionable or not, with and without x64. */
class GoldenTest {

  static Stream<Draw> draws() {
    return GoldenDraws.all().filter(draw -> !draw.function().startsWith("init:"));
  }

  @ParameterizedTest
  @MethodSource("draws")
  void equalsJaxInEveryBit(Draw draw) {
    Shape shape = Shape.of(draw.shape());
    if (draw.function().equals("gumbel") && draw.x64()) { // JAX uses the C library's logarithm
      Array expected = Array.of(MemorySegment.ofArray(draw.bytes()), DType.FLOAT64, draw.shape());
      assertThatArray(drawn(draw, shape)).isWithinUlps(4, expected);
      return;
    }
    assertThat(drawn(draw, shape).toBytes()).isEqualTo(draw.bytes());
  }

  private static Array drawn(Draw draw, Shape shape) {
    Key key = draw.key();
    return switch (draw.function()) {
      case "key" -> key.data();
      case "fold_in" -> key.foldIn((int) draw.number("data")).data();
      case "split" -> words(key, (int) draw.number("n"));
      case "bits" -> Random.bits(key, (int) draw.number("width"), shape.dims());
      case "uniform" ->
          Random.uniform(key, draw.number("lo"), draw.number("hi"), type(draw), shape.dims());
      case "normal" -> Random.normal(key, type(draw), shape.dims());
      case "truncated_normal" ->
          Random.truncatedNormal(
              key, draw.number("lower"), draw.number("upper"), type(draw), shape.dims());
      case "bernoulli" ->
          Random.bernoulli(
              key, draw.number("p"), draw.x64() ? DType.FLOAT64 : DType.FLOAT32, shape.dims());
      case "randint" ->
          Random.randint(
              key, (long) draw.number("lo"), (long) draw.number("hi"), type(draw), shape.dims());
      case "gumbel" -> Random.gumbel(key, type(draw), shape.dims());
      case "categorical" -> categorical(key, draw, shape);
      case "permutation" -> permutation(key, (int) draw.number("n"), draw.x64());
      default -> throw new IllegalArgumentException("no function " + draw.function());
    };
  }

  private static DType type(Draw draw) {
    return DType.of(draw.dtype());
  }

  private static Array words(Key key, int n) {
    int[] words = new int[2 * n];
    for (int i = 0; i < n; i++) {
      Key split = key.split(n).get(i);
      words[2 * i] = split.hi();
      words[2 * i + 1] = split.lo();
    }
    return Array.of(words, n, 2);
  }

  private static Array categorical(Key key, Draw draw, Shape shape) {
    int rows = (int) draw.number("rows");
    int columns = (int) draw.number("columns");
    double[] logits = new double[rows * columns];
    Arrays.setAll(logits, i -> i * 7 % 5 / 2.0);
    DType dtype = DType.of((String) draw.args().get("of"));
    Array given = Array.of(logits, rows, columns).astype(dtype);
    Array drawn = Random.categorical(key, given, (int) draw.number("axis"), shape.dims());
    return draw.x64() ? Array.of(drawn.toLongArray(), shape.dims()) : drawn;
  }

  private static Array permutation(Key key, int n, boolean x64) {
    Array drawn = Random.permutation(key, n);
    return x64 ? Array.of(drawn.toLongArray(), n) : drawn;
  }
}
