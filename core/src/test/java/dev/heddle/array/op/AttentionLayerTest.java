package dev.heddle.array.op;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.op.AttentionLayer.Parameters;
import dev.heddle.array.op.AttentionLayer.Projection;
import dev.heddle.support.Numbers;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layer as one operation: projections, attention and the projection out. */
class AttentionLayerTest {
  private static final Projection IN = projection("6 2 4", "2 4");
  private static final Projection OUT = projection("2 4 5", "5");

  private static Array array(String shape) {
    return Numbers.of(shape.hashCode(), DType.FLOAT32, dims(shape));
  }

  private static int[] dims(String shape) {
    return List.of(shape.split(" ")).stream().mapToInt(Integer::parseInt).toArray();
  }

  private static Projection projection(String kernel, @Nullable String bias) {
    return new Projection(array(kernel), bias == null ? null : array(bias));
  }

  private static Array apply(Array q, Array k, Array v, DType dtype, Attention.Options options) {
    return AttentionLayer.apply(q, k, v, new Parameters(IN, IN, IN, OUT), dtype, options);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3 6", "2 3 6", "2 1 3 6"})
  void projectsAttendsAndProjectsBack(String shape) {
    Array x = array(shape);
    Array y = apply(x, x, x, DType.FLOAT32, Attention.Options.NONE);

    Array heads = MatMul.affine(x, IN.kernel(), new int[] {-1}, new int[] {0}, IN.bias());
    Array attended = Attention.attend(heads, heads, heads, null, Attention.Options.NONE);
    Array expected =
        MatMul.affine(attended, OUT.kernel(), new int[] {-2, -1}, new int[] {0, 1}, OUT.bias());
    assertThatArray(y).hasSameBitsAs(expected);
  }

  @Test
  void parametersHaveTheSizesOfTheirKernels() {
    Parameters parameters = new Parameters(IN, IN, IN, OUT);
    assertThat(parameters.heads()).isEqualTo(2);
    assertThat(parameters.depth()).isEqualTo(4);
    assertThat(parameters.outFeatures()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "query, 6 8, none",
        "query, 6 2 4, 4 2",
        "query, 6 2 4 1, none",
        "key, 6 2 3, none",
        "key, 6 2 4, 8",
        "value, 6 4 2, none",
        "value, 6 2 4, 2 5",
        "out, 2 4, none",
        "out, 4 2 5, none",
        "out, 2 4 5, 4"
      })
  void projectionsGoTogether(String name, String kernel, @Nullable String bias) {
    Projection wrong = projection(kernel, bias);
    assertThatThrownBy(() ->
            new Parameters(
                name.equals("query") ? wrong : IN,
                name.equals("key") ? wrong : IN,
                name.equals("value") ? wrong : IN,
                name.equals("out") ? wrong : OUT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "attention layer: \""
                + name
                + "\": expected a kernel [features, heads, depth] ([heads, depth, features] of"
                + " \"out\") with a bias of its last axes, got "
                + wrong.kernel().shape()
                + " and "
                + (wrong.bias() == null ? "none" : wrong.bias().shape()));
  }

  @ParameterizedTest
  @CsvSource({
    "6, 2 3 6, 2 3 6, 'inputs_q', length",
    "2 3 5, 2 3 6, 2 3 6, 'inputs_q', length",
    "2 3 6, 3 6, 3 6, 'inputs_k', length",
    "2 3 6, 1 3 6, 2 3 6, 'inputs_k', length",
    "2 3 6, 2 3 7, 2 3 6, 'inputs_k', length",
    "2 3 6, 2 4 6, 2 5 6, 'inputs_v', 4",
    "2 3 6, 2 4 6, 1 4 6, 'inputs_v', 4"
  })
  void inputsGoTogether(String q, String k, String v, String name, String length) {
    Array query = array(q);
    assertThatThrownBy(
            () -> apply(query, array(k), array(v), DType.FLOAT32, Attention.Options.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "attention layer: argument \""
                + name
                + "\": expected shape [B..., "
                + length
                + ", 6] with the batch axes of "
                + query.shape()
                + ", got [");
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void isComputedInTheNarrowFloats(DType dtype) {
    Array x = array("3 6");
    assertThatThrownBy(() -> apply(x, x, x, dtype, Attention.Options.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "attention layer: argument \"dtype\": expected float32, bfloat16 or float16, got "
                + dtype);
  }

  @Test
  void theSoftmaxIsOfTheSameType() {
    Array x = array("3 6");
    Attention.Options forced = new Attention.Options(null, null, 1, true);
    assertThat(apply(x, x, x, DType.FLOAT32, forced))
        .isEqualTo(apply(x, x, x, DType.FLOAT32, Attention.Options.NONE));
    assertThatThrownBy(() -> apply(x, x, x, DType.BFLOAT16, forced))
        .hasMessage("attention layer: expected a softmax in bfloat16, got one forced to float32");
  }
}
