package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializer.Spec;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.initializers.VarianceScaling;
import dev.heddle.linen.initializers.VarianceScaling.Axes;
import dev.heddle.linen.initializers.VarianceScaling.Distribution;
import dev.heddle.linen.initializers.VarianceScaling.Mode;
import dev.heddle.random.GoldenDraws;
import dev.heddle.random.GoldenDraws.Draw;
import dev.heddle.random.Key;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitializersTest {
  private static final Key KEY = Key.of(0);

  static Stream<Draw> equalInBits() {
    return GoldenDraws.all().filter(d -> d.function().startsWith("init:") && !orthogonal(d));
  }

  @ParameterizedTest
  @MethodSource("equalInBits")
  void equalsFlaxInEveryBit(Draw draw) {
    assertThat(made(draw).toBytes()).isEqualTo(draw.bytes());
  }

  static Stream<Draw> equalToRounding() {
    return GoldenDraws.all().filter(InitializersTest::orthogonal);
  }

  @ParameterizedTest
  @MethodSource("equalToRounding")
  void orthogonalEqualsFlaxToRounding(Draw draw) {
    float[] expected =
        Array.of(MemorySegment.ofArray(draw.bytes()), DType.FLOAT32, draw.shape()).toFloatArray();
    assertThat(made(draw).toFloatArray()).containsExactly(expected, within(1e-6f));
  }

  @Test
  void oneNumberEverywhereTakesNoMoreMemoryThanTheParameter() {
    Shape shape = Shape.of(1000, 1000);
    for (Initializer initializer :
        List.of(Initializers.zerosInit(), Initializers.constant(0.5), Initializers.onesInit())) {
      initializer.init(KEY, shape, DType.FLOAT32);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      Array made = initializer.init(KEY, shape, DType.BFLOAT16);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before)
          .isBetween(2_000_000L, 2_100_000L);
      assertThat(made.size()).isEqualTo(1_000_000);
    }
  }

  private static boolean orthogonal(Draw draw) {
    return draw.function().endsWith("orthogonal");
  }

  private static Array made(Draw draw) {
    String name = draw.function().substring("init:".length());
    return Initializers.byName(name, draw.args())
        .init(draw.key(), Shape.of(draw.shape()), DType.of(draw.dtype()));
  }

  @Test
  void knowsEveryNameOfFlax() {
    assertThat(Initializers.names())
        .containsExactly(
            "constant",
            "delta_orthogonal",
            "glorot_normal",
            "glorot_uniform",
            "he_normal",
            "he_uniform",
            "kaiming_normal",
            "kaiming_uniform",
            "lecun_normal",
            "lecun_uniform",
            "normal",
            "ones",
            "ones_init",
            "orthogonal",
            "truncated_normal",
            "uniform",
            "variance_scaling",
            "xavier_normal",
            "xavier_uniform",
            "zeros",
            "zeros_init");
  }

  @Test
  void specsMakeTheSameInitializerAgain() {
    Axes axes = new Axes(List.of(0, 1), List.of(-1), List.of(2));
    Stream.of(
            Initializers.zeros(),
            Initializers.onesInit(),
            Initializers.constant(.5),
            Initializers.uniform(),
            Initializers.normal(.02),
            Initializers.truncatedNormal(.3, -1, 3),
            Initializers.varianceScaling(2, Mode.FAN_GEO_AVG, Distribution.UNIFORM, axes),
            Initializers.xavierUniform(),
            Initializers.orthogonal(1.5, 0),
            Initializers.deltaOrthogonal())
        .forEach(initializer -> {
          Spec spec = initializer.spec().orElseThrow();
          assertThat(Initializers.byName(spec.name(), spec.parameters()))
              .isEqualTo(initializer)
              .hasSameHashCodeAs(initializer);
        });
  }

  @Test
  void specsHoldWhatDiffersFromTheDefaults() {
    assertThat(Initializers.normal()).hasToString("normal()");
    assertThat(Initializers.truncatedNormal(.3, -2, 3))
        .hasToString("truncated_normal(stddev=0.3, upper=3.0)");
    assertThat(Initializers.byName("he_normal", Map.of("in_axis", 0)))
        .hasToString("he_normal(in_axis=[0])")
        .isNotEqualTo(Initializers.heNormal());
    Initializer own = (key, shape, dtype) -> Array.zeros(dtype, shape.dims());
    assertThat(own.spec()).isEmpty();
  }

  @Test
  void errorsOfNamesSuggestTheNearest() {
    assertThatThrownBy(() -> Initializers.byName("lecun_normals"))
        .hasMessage(
            "initializer: expected a name in flax.linen.initializers, got \"lecun_normals\"; did you"
                + " mean \"lecun_normal\"?");
    assertThatThrownBy(() -> Initializers.byName("normal", Map.of("stdev", 1)))
        .hasMessage(
            "initializer \"normal\": expected arguments among [stddev, dtype], got \"stdev\"; did"
                + " you mean \"stddev\"?");
    assertThatThrownBy(() -> Initializers.byName("zeros", Map.of("value", 1)))
        .hasMessage("initializer \"zeros\": expected no arguments, got \"value\"");
    assertThatThrownBy(() ->
            Initializers.byName(
                "variance_scaling", Map.of("scale", 1, "mode", "fanin", "distribution", "normal")))
        .hasMessage(
            "initializer \"variance_scaling\": argument \"mode\": expected \"fan_in\" or \"fan_out\""
                + " or \"fan_avg\" or \"fan_geo_avg\", got \"fanin\"; did you mean \"fan_in\"?");
  }

  @Test
  void errorsOfValuesNameTheArgument() {
    assertThatThrownBy(() -> Initializers.byName("constant"))
        .hasMessage(
            "initializer \"constant\": argument \"value\": expected a finite number, got nothing");
    assertThatThrownBy(() -> Initializers.byName("normal", Map.of("stddev", Double.NaN)))
        .hasMessage(
            "initializer \"normal\": argument \"stddev\": expected a finite number, got NaN");
    assertThatThrownBy(() -> Initializers.byName("orthogonal", Map.of("column_axis", 1.5)))
        .hasMessage(
            "initializer \"orthogonal\": argument \"column_axis\": expected an integer, got 1.5");
    assertThatThrownBy(() -> Initializers.byName("uniform", Map.of("dtype", "float")))
        .hasMessage(
            "initializer \"uniform\": argument \"dtype\": expected the name of a type, as"
                + " \"float32\", got \"float\"");
    assertThatThrownBy(
            () -> new VarianceScaling(-1, Mode.FAN_IN, Distribution.NORMAL, Axes.DEFAULT))
        .hasMessage(
            "variance_scaling: argument \"scale\": expected a finite number of 0 or more, got -1.0");
  }

  @Test
  void errorsOfShapesSayWhatIsMissing() {
    assertThatThrownBy(() -> Initializers.lecunNormal().init(KEY, Shape.of(4), DType.FLOAT32))
        .hasMessage(
            "initializer: argument \"shape\": expected one that has in_axis -2 (at least two axes,"
                + " or other roles of axes), got [4]");
    assertThatThrownBy(() -> Initializers.heNormal().init(KEY, Shape.of(0, 4), DType.FLOAT32))
        .hasMessageContaining("expected no empty axis")
        .hasMessageEndingWith("got [0, 4]");
    assertThatThrownBy(() -> Initializers.orthogonal().init(KEY, Shape.of(4), DType.FLOAT32))
        .hasMessage("orthogonal: argument \"shape\": expected at least two axes, got [4]");
    assertThatThrownBy(
            () -> Initializers.deltaOrthogonal().init(KEY, Shape.of(3, 5, 4), DType.FLOAT32))
        .hasMessage(
            "delta_orthogonal: argument \"shape\": expected no more inputs (axis -2) than outputs"
                + " (axis -1), got [3, 5, 4]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void scalesAreFiniteNumbers(double wrong) {
    String got = "expected a finite number, got " + wrong;
    assertThatThrownBy(() -> Initializers.uniform(wrong))
        .hasMessage("initializer \"uniform\": argument \"scale\": " + got);
    assertThatThrownBy(() -> Initializers.normal(wrong))
        .hasMessage("initializer \"normal\": argument \"stddev\": " + got);
    assertThatThrownBy(() -> Initializers.truncatedNormal(wrong))
        .hasMessage("initializer \"truncated_normal\": argument \"stddev\": " + got);
    assertThatThrownBy(() -> Initializers.orthogonal(wrong, -1)).hasMessageEndingWith(got);
    assertThatThrownBy(() -> Initializers.deltaOrthogonal(wrong, -1)).hasMessageEndingWith(got);
    assertThatThrownBy(() -> Initializers.truncatedNormal(1, 1, 1))
        .hasMessageContaining("expected lower < upper, got 1.0 and 1.0");
    assertThat(Initializers.constant(wrong)).hasToString("constant(value=" + wrong + ")");
    assertThat(Initializers.truncatedNormal(1, -2, Double.POSITIVE_INFINITY))
        .hasToString("truncated_normal(stddev=1.0, upper=Infinity)");
  }
}
