package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class VariablesTest {
  private static final Array A = Array.of(new float[] {1, 2}, 2);
  private static final Array B = Array.of(new float[] {3}, 1);
  private static final Array INDEX = Array.scalar(0, DType.INT32);

  private static Variables variables() {
    Map<String, Array> flat = new LinkedHashMap<>();
    flat.put("params/query/kernel", A);
    flat.put("params/query/bias", B);
    flat.put("cache/cache_index", INDEX);
    return Variables.of(flat);
  }

  @Test
  void isATreeOfPathsInTheirOrder() {
    assertThat(variables().flatten().keySet())
        .containsExactly("params/query/kernel", "params/query/bias", "cache/cache_index");
    assertThat(variables().collections()).containsExactly("params", "cache");
    assertThat(variables().leaves()).containsExactly(A, B, INDEX);
    assertThat(variables().get("params/query/kernel")).isEqualTo(A);
    assertThat(variables().find("params/query")).isEmpty();
    assertThat(variables().collection("cache").flatten()).containsOnlyKeys("cache/cache_index");
    assertThat(variables().collection("other")).isEqualTo(Variables.empty());
    assertThat(variables().without("cache")).isEqualTo(variables().collection("params"));
    assertThat(variables().isEmpty()).isFalse();
  }

  @Test
  void aLaterTensorReplacesAnEarlierOne() {
    Variables step = Variables.of(Map.of("cache/cache_index", INDEX.plus(INDEX), "cache/new", A));

    Variables merged = variables().merge(step);

    assertThat(merged.flatten()).hasSize(4).containsEntry("params/query/kernel", A);
    assertThat(merged.with("params/query/bias", A).get("params/query/bias")).isEqualTo(A);
    assertThatThrownBy(() -> variables().merge(Variables.of(Map.of("params/query", A))))
        .hasMessage(
            "variables: expected \"params/query\" to be either a tensor or a group of them, got"
                + " both");
    assertThatThrownBy(() -> variables().with("params/query/bias/deep", A))
        .hasMessage(
            "variables: expected \"params/query/bias\" to be either a tensor or a group of them,"
                + " got both");
  }

  /** In time that grows with the square of their number, these would take hours. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void mayBeVeryMany() {
    int many = 500_000;
    Map<String, Array> flat = new LinkedHashMap<>();
    for (int i = 0; i < many; i++) {
      flat.put("params/layer/w" + i, B);
    }

    Variables variables = Variables.of(flat);

    assertThat(variables.flatten()).isEqualTo(flat);
    assertThat(variables.get("params/layer/w499999")).isEqualTo(B);
    Module<Array, Array> module =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array input) {
            for (int i = 0; i < many; i++) {
              scope.putVariable("state", "w" + i, B);
            }
            return input;
          }
        };
    assertThat(module.init(Rngs.of(0), A).leaves()).hasSize(many);
  }

  @Test
  void aChangeLeavesTheTreeThatItCameFrom() {
    Variables before = variables();

    before.with("params/query/bias", A);
    before.with("params/key/bias", A);
    before.merge(Variables.of(Map.of("params/value/bias", A)));

    assertThat(before).isEqualTo(variables());
    assertThat(before.hasFloat64()).isFalse();
    Array wide = Array.zeros(DType.FLOAT64, 1);
    assertThat(before.with("params/query/bias", wide).hasFloat64()).isTrue();
  }

  /** What a call writes is its own: the variables that it was given stay, and so do its results. */
  @Test
  void aCallLeavesTheVariablesThatItWasGiven() {
    Module<Array, Array> counter =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array input) {
            Variable count = scope.variable("state", "count", () -> INDEX);
            count.set(count.value().plus(Array.scalar(1, DType.INT32)));
            scope.putVariable("state", "last", input);
            return input;
          }
        };
    Variables first = counter.init(Rngs.of(0), A);
    Variables given = Variables.of(first.flatten());

    Variables second = counter.apply(given, A, Rngs.none(), Mutable.of("state")).variables();
    Variables third = counter.apply(second, B, Rngs.none(), Mutable.of("state")).variables();

    assertThat(given).isEqualTo(first);
    assertThat(second.get("state/count").item()).isEqualTo(2);
    assertThat(second.get("state/last")).isEqualTo(A);
    assertThat(third.get("state/count").item()).isEqualTo(3);
    assertThat(third.get("state/last")).isEqualTo(B);
  }

  @Test
  void takesOtherLeaves() {
    Variables other = variables().withLeaves(List.of(B, A, INDEX));

    assertThat(other.get("params/query/kernel")).isEqualTo(B);
    assertThatThrownBy(() -> variables().withLeaves(List.of(A)))
        .hasMessage("leaves: expected 3 arrays, got 1");
  }

  @Test
  void equalityDoesNotLookAtTheOrder() {
    Variables reordered =
        Variables.of(Map.of("cache/cache_index", INDEX))
            .with("params/query/bias", B)
            .with("params/query/kernel", A);

    assertThat(reordered).isEqualTo(variables()).hasSameHashCodeAs(variables());
    assertThat(reordered.with("params/query/bias", A)).isNotEqualTo(variables());
  }

  @Test
  void printsAsATable() {
    assertThat(variables())
        .hasToString(
            """
            path                 dtype    shape  size  bytes
            params/query/kernel  float32  [2]       2      8
            params/query/bias    float32  [1]       1      4
            cache/cache_index    int32    []        1      4
            total                                   4     16
            """);
    assertThat(variables().size()).isEqualTo(4);
    assertThat(variables().bytes()).isEqualTo(16);
  }

  @Test
  void tuplesAreNumbered() {
    Variables sown = Variables.of(Map.of("intermediates/h/1", B, "intermediates/h/0", A));

    assertThat(sown.tuple("intermediates/h")).containsExactly(A, B);
    assertThat(sown.tuple("intermediates/other")).isEmpty();
    assertThatThrownBy(() -> sown.tuple("intermediates"))
        .hasMessage(
            "variables: expected \"intermediates\" to be a tuple of tensors, got another kind of"
                + " entry");
  }

  @Test
  void aPathIsACollectionAndNames() {
    assertThatThrownBy(() -> Variables.of(Map.of("kernel", A)))
        .isInstanceOf(LinenException.ApplyScopeInvalidVariablesTypeError.class)
        .hasMessage(
            "variables: expected paths of a collection and names, as params/kernel, got \"kernel\"");
    assertThatThrownBy(() -> variables().with("params//kernel", A))
        .isInstanceOf(LinenException.ApplyScopeInvalidVariablesTypeError.class);
    assertThatThrownBy(() -> variables().get("params/query/kernal"))
        .hasMessage(
            "variables: expected the path of one of 3 tensors, got \"params/query/kernal\"; did you"
                + " mean \"params/query/kernel\"?");
  }

  @Test
  void filtersNameCollections() {
    assertThat(Mutable.of("cache").includes("cache")).isTrue();
    assertThat(Mutable.of("cache").includes("params")).isFalse();
    assertThat(Mutable.allBut("params").includes("params")).isFalse();
    assertThat(Mutable.allBut("params").and("params").includes("params")).isTrue();
    assertThat(Mutable.none().and("cache")).isEqualTo(Mutable.of("cache"));
    assertThat(Mutable.all().includes("anything")).isTrue();
    assertThat(Mutable.none().includes("anything")).isFalse();
  }
}
