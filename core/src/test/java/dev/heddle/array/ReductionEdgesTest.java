package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Reductions of empty arrays and the types of results, as in JAX 0.10.2. */
class ReductionEdgesTest {
  private static final Array NOTHING = Array.zeros(DType.FLOAT32, 2, 0);

  @ParameterizedTest
  @EnumSource(DType.class)
  void ofNoElementsAnyIsFalseAndAllIsTrue(DType dtype) {
    Array none = Array.zeros(dtype, 2, 0);
    assertThat(Reduce.any(none, 1).toBooleanArray()).containsExactly(false, false);
    assertThat(Reduce.all(none, 1).toBooleanArray()).containsExactly(true, true);
    assertThat(Reduce.any(none)).isEqualTo(Array.scalar(0, DType.BOOL));
    assertThat(Reduce.all(none)).isEqualTo(Array.scalar(1, DType.BOOL));
    assertThat(Reduce.any(none, 0).shape()).isEqualTo(Shape.of(0));
  }

  @Test
  void ofNoElementsTheOthersAreTheirIdentities() {
    assertThat(Reduce.sum(NOTHING, 1).toFloatArray()).containsExactly(0, 0);
    assertThat(Reduce.prod(NOTHING, 1).toFloatArray()).containsExactly(1, 1);
    assertThat(Reduce.mean(NOTHING, 1).toFloatArray()).containsExactly(Float.NaN, Float.NaN);
    assertThat(Reduce.var(NOTHING, 1).toFloatArray()).containsExactly(Float.NaN, Float.NaN);
    assertThat(Reduce.std(NOTHING, 1).toFloatArray()).containsExactly(Float.NaN, Float.NaN);
    float least = Float.NEGATIVE_INFINITY;
    assertThat(Softmax.logsumexp(NOTHING, 1).toFloatArray()).containsExactly(least, least);
    for (Array same :
        List.of(
            Softmax.softmax(NOTHING, 1),
            Softmax.logSoftmax(NOTHING, 1),
            Cumulative.cumsum(NOTHING, 1),
            Cumulative.cumprod(NOTHING, 1),
            Sort.sort(NOTHING, 1))) {
      assertThat(same).isEqualTo(NOTHING);
    }
  }

  @Test
  void maximumAndMinimumOfNoElementsAreErrors() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> Reduce.max(NOTHING, 1),
            () -> Reduce.min(NOTHING, 1),
            () -> Sort.argmax(NOTHING, 1),
            () -> Sort.argmin(NOTHING, 1))) {
      assertThatThrownBy(wrong::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[2, 0]");
    }
    assertThat(Reduce.max(NOTHING, 0).shape()).isEqualTo(Shape.of(0)); // of two empty rows
  }

  @ParameterizedTest
  @CsvSource({
    "uint8, uint8, uint32, float32, uint8",
    "uint32, uint32, uint32, float32, uint32",
    "int32, int32, int32, float32, int32",
    "bool, bool, int32, float32, bool",
    "bfloat16, bfloat16, bfloat16, bfloat16, bfloat16",
    "float16, float16, float16, float16, float16",
    "float64, float64, float64, float64, float64"
  })
  void theTypesOfResults(String of, String einsum, String sum, String mean, String max) {
    Array x = Array.full(1, DType.of(of), 2, 3);
    for (String spec : List.of("ij->i", "ij->", "ij->ji", "ii->i")) {
      Array in = spec.startsWith("ii") ? Array.full(1, DType.of(of), 2, 2) : x;
      assertThat(Einsum.einsum(spec, in).dtype()).as(spec).hasToString(einsum);
    }
    assertThat(Einsum.einsum("ij,kj->ik", x, x).dtype()).hasToString(einsum);
    assertThat(Einsum.einsum("ij,ij->i", x, x).dtype()).hasToString(einsum);
    assertThat(Reduce.sum(x, 1).dtype()).hasToString(sum);
    assertThat(Reduce.prod(x, 1).dtype()).hasToString(sum);
    assertThat(Reduce.mean(x, 1).dtype()).hasToString(mean);
    assertThat(Reduce.var(x, 1).dtype()).hasToString(mean);
    assertThat(Reduce.max(x, 1).dtype()).hasToString(max);
    assertThat(Reduce.any(x, 1).dtype()).isEqualTo(DType.BOOL);
  }

  @Test
  void aSumOfBytesInAnEinsumWrapsAsJaxDoes() {
    assertThat(Einsum.einsum("ij->i", Array.full(1, DType.UINT8, 2, 300)))
        .isEqualTo(Array.full(44, DType.UINT8, 2));
  }
}
