package dev.heddle.linen;

import static dev.heddle.array.DType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Every misuse of modules and variables, with Flax's error and our words. */
class ScopeErrorsTest {
  private static final Array X = Array.full(1, FLOAT32, 1, 3);
  private static final Dense DENSE = Dense.of(2);

  /** A module whose call is a lambda. */
  private static final class Custom extends Module<Array, Array> {
    private final BiFunction<Scope, Array, Array> body;

    Custom(BiFunction<Scope, Array, Array> body) {
      this.body = body;
    }

    @Override
    protected Array call(Scope scope, Array x) {
      return body.apply(scope, x);
    }
  }

  private static Array run(BiFunction<Scope, Array, Array> body) {
    return new Custom(body).initWithOutput(Rngs.of(0), X).output();
  }

  private static Array weight(Scope scope) {
    return scope.param("w", Initializers.zeros(), Shape.of(2), FLOAT32);
  }

  @Test
  void initNeedsTheStreamParams() {
    assertThatThrownBy(() -> DENSE.init(Rngs.none(), X))
        .isInstanceOf(LinenException.InvalidRngError.class)
        .isInstanceOf(IllegalArgumentException.class)
        .hasToString(
            "InvalidRngError: /: random stream \"params\": expected a key, got no streams");
    assertThatThrownBy(() -> DENSE.init(Rngs.of("dropout", 1), X))
        .hasMessage("/: random stream \"params\": expected a key, got streams [dropout]");
  }

  @Test
  void aParameterOfAnotherShapeIsSeenBeforeAnythingIsComputed() {
    Custom outer = new Custom((scope, x) -> scope.call("query", DENSE, x));
    Variables variables = outer.init(Rngs.of(0), X);

    assertThatThrownBy(() -> outer.apply(variables, Array.full(1, FLOAT32, 1, 5)))
        .isInstanceOf(LinenException.ScopeParamShapeError.class)
        .hasToString(
            "ScopeParamShapeError: /query: parameter \"kernel\": expected shape [5, 2], got [3, 2]");
  }

  @Test
  void aGroupOfTensorsIsNoParameter() {
    Variables variables = Variables.of(Map.of("params/kernel/value", X, "params/bias", X));

    assertThatThrownBy(() -> DENSE.apply(variables, X))
        .isInstanceOf(LinenException.ScopeParamShapeError.class)
        .hasMessage("/: parameter \"kernel\": expected shape [3, 2], got a group of tensors");
  }

  @Test
  void parametersMustBeThere() {
    assertThatThrownBy(() -> DENSE.apply(Variables.empty(), X))
        .isInstanceOf(LinenException.ScopeCollectionNotFound.class)
        .hasMessage(
            "/: variable \"kernel\": expected in collection \"params\", which is missing or empty");
    assertThatThrownBy(() -> DENSE.apply(Variables.of(Map.of("params/bias", X)), X))
        .isInstanceOf(LinenException.ScopeParamNotFoundError.class)
        .hasMessage("/: parameter \"kernel\": expected among the variables, got none");
  }

  @Test
  void variablesMustBeThereUnlessTheyMayBeMade() {
    Custom reader = new Custom((scope, x) -> scope.variable("state", "mean").value());

    assertThatThrownBy(() -> reader.init(Rngs.of(0), X))
        .isInstanceOf(LinenException.ScopeCollectionNotFound.class)
        .hasMessage(
            "/: variable \"mean\": expected in collection \"state\", which is missing or empty");
    assertThatThrownBy(() -> reader.apply(Variables.of(Map.of("state/var", X)), X))
        .isInstanceOf(LinenException.ScopeVariableNotFoundError.class)
        .hasMessage(
            "/: variable \"mean\": expected in collection \"state\", got none of that name");
  }

  @Test
  void onlyMutableCollectionsAreWritten() {
    Custom counter =
        new Custom((scope, x) -> {
          scope.variable("state", "last", () -> x).set(x.times(2));
          return x;
        });
    Variables variables = counter.init(Rngs.none(), X);
    assertThat(variables.get("state/last")).isEqualTo(X.times(2));

    assertThatThrownBy(() -> counter.apply(variables, X))
        .isInstanceOf(LinenException.ModifyScopeVariableError.class)
        .hasMessage(
            "/: variable \"last\": expected collection \"state\" to be mutable in this call, got one"
                + " that is not");
  }

  @Test
  void aNameIsUsedOnceInAModule() {
    assertThatThrownBy(() -> run((scope, x) -> weight(scope).plus(weight(scope))))
        .isInstanceOf(LinenException.NameInUseError.class)
        .hasToString(
            "NameInUseError: /: parameter \"w\": expected a name that Custom does not use yet");
    assertThatThrownBy(
            () -> run((scope, x) -> scope.call("a", Dense.of(2), scope.call("a", Dense.of(2), x))))
        .hasMessage("/: submodule \"a\": expected a name that Custom does not use yet");
    assertThatThrownBy(() ->
            run((scope, x) -> {
              scope.call("w", DENSE, x);
              return weight(scope);
            }))
        .hasMessage("/: parameter \"w\": expected a name that Custom does not use yet");
    assertThatThrownBy(() ->
            run((scope, x) -> {
              scope.variable("state", "w", () -> x);
              return scope.call("w", DENSE, x);
            }))
        .hasMessage("/: submodule \"w\": expected a name that Custom does not use yet");
  }

  @Test
  void automaticNamesDoNotLookAtExplicitOnes() {
    assertThatThrownBy(() ->
            run((scope, x) -> {
              scope.call("Dense_1", Dense.of(2), x);
              scope.call(Dense.of(2), x);
              return scope.call(Dense.of(2), x);
            }))
        .isInstanceOf(LinenException.NameInUseError.class)
        .hasMessage("/: submodule \"Dense_1\": expected a name that Custom does not use yet");
  }

  @Test
  void variablesOfDifferentCollectionsMayShareAName() {
    Custom module =
        new Custom((scope, x) -> {
          scope.variable("state", "w", () -> x);
          return weight(scope);
        });

    assertThat(module.init(Rngs.of(0), X).flatten().keySet())
        .containsExactly("state/w", "params/w");
  }

  @Test
  void aNameIsOnePartOfAPath() {
    assertThatThrownBy(() -> run((scope, x) -> scope.call("a/b", DENSE, x)))
        .hasMessage("/: submodule \"a/b\": expected a name without \"/\", and not empty");
  }

  @Test
  void aScopeEndsWithItsCall() {
    List<Scope> kept = new ArrayList<>();
    List<Bound<Array, Array>> bound = new ArrayList<>();
    run((scope, x) -> {
      kept.add(scope);
      bound.add(scope.bind(DENSE));
      return x;
    });

    assertThatThrownBy(() -> kept.getFirst().makeRng("params"))
        .isInstanceOf(LinenException.InvalidScopeError.class)
        .hasMessage("/: scope: expected one whose call still runs, got one whose call has ended");
    assertThatThrownBy(() -> bound.getFirst().call(X))
        .isInstanceOf(LinenException.InvalidScopeError.class)
        .hasMessage(
            "/Dense_0: scope: expected one whose call still runs, got one whose call has ended");
  }

  /** All that a scope does, but to say where and in which mode it is. */
  @Test
  void nothingIsDoneInAScopeWhoseCallHasEnded() {
    List<Scope> kept = new ArrayList<>();
    run((scope, x) -> {
      kept.add(scope);
      return x;
    });
    Scope ended = kept.getFirst();
    Map<String, Runnable> uses = new LinkedHashMap<>();
    uses.put("param", () -> weight(ended));
    uses.put("variable", () -> ended.variable("cache", "v", () -> X));
    uses.put("hasVariable", () -> ended.hasVariable("cache", "v"));
    uses.put("getVariable", () -> ended.getVariable("cache", "v"));
    uses.put("putVariable", () -> ended.putVariable("cache", "v", X));
    uses.put("isMutable", () -> ended.isMutable("cache"));
    uses.put("sow", () -> ended.sow("intermediates", "v", X));
    uses.put("sow, reduced", () -> ended.sow("intermediates", "v", X, () -> X, Array::plus));
    uses.put("perturb", () -> ended.perturb("v", X));
    uses.put("makeRng", () -> ended.makeRng("params"));
    uses.put("hasRng", () -> ended.hasRng("params"));
    uses.put("call", () -> ended.call(DENSE, X));
    uses.put("call by name", () -> ended.call("d", DENSE, X));
    uses.put("bind", () -> ended.bind(DENSE));
    uses.put("attribute", () -> ended.attribute("d", DENSE));
    uses.put("within", () -> ended.within(DENSE, inner -> X));
    uses.forEach((what, use) ->
        assertThatThrownBy(use::run)
            .as(what)
            .isInstanceOf(LinenException.InvalidScopeError.class)
            .hasMessageStartingWith("/: scope: expected one whose call still runs"));
    assertThat(ended.path()).isEqualTo("/");
    assertThat(ended.isInitializing()).isTrue();
  }

  @Test
  void sowSaysWhetherTheValueWasKept() {
    List<Boolean> kept = new ArrayList<>();
    Custom sowing =
        new Custom((scope, x) -> {
          kept.add(scope.sow("intermediates", "a", x));
          kept.add(scope.sow("intermediates", "b", x, () -> x, Array::plus));
          return x;
        });
    sowing.apply(Variables.empty(), X);
    assertThat(kept).containsExactly(false, false);
    kept.clear();
    sowing.apply(Variables.empty(), X, Rngs.none(), Mutable.of("intermediates"));
    assertThat(kept).containsExactly(true, true);
  }

  @Test
  void paramsInsideParamsIsAMistake() {
    Variables twice = Variables.of(Map.of("params/params/kernel", X));

    assertThatThrownBy(() -> DENSE.apply(twice, X))
        .isInstanceOf(LinenException.ApplyScopeInvalidVariablesStructureError.class)
        .hasMessage(
            "/: argument \"variables\": expected the collection \"params\" to hold modules and"
                + " parameters, got another \"params\" inside it");
  }

  @Test
  void anInitializerMustMakeTheShape() {
    Dense wrong =
        Dense.builder().features(2).kernelInit((key, shape, dtype) -> X).name("wrong").build();

    assertThatThrownBy(() -> wrong.init(Rngs.of(0), X))
        .hasMessage(
            "/: parameter \"kernel\": expected its initializer to make shape [3, 2], got [1, 3]");
  }

  @Test
  void sowAddsToTuplesOnly() {
    Custom sower =
        new Custom((scope, x) -> {
          scope.sow("intermediates", "h", x);
          return x;
        });
    Mutable intermediates = Mutable.of("intermediates");
    Variables loaded =
        Variables.of(Map.of("intermediates/h/1", X.times(2), "intermediates/h/0", X));

    Variables after = sower.apply(loaded, X, Rngs.none(), intermediates).variables();
    assertThat(after.tuple("intermediates/h")).containsExactly(X, X.times(2), X);
    assertThatThrownBy(() ->
            sower.apply(Variables.of(Map.of("intermediates/h", X)), X, Rngs.none(), intermediates))
        .hasMessage(
            "/: variable \"h\" of \"intermediates\": expected a tuple to add to, got another kind"
                + " of entry");
  }

  @Test
  void aPerturbationMustBeInItsCollection() {
    Custom perturbed = new Custom((scope, x) -> scope.perturb("h", x));

    assertThatThrownBy(() -> perturbed.apply(Variables.of(Map.of("perturbations/g", X)), X))
        .hasMessage("/: perturbation \"h\": expected in collection \"perturbations\", got none");
  }
}
