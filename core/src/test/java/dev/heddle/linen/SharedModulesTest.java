package dev.heddle.linen;

import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.array.DType.FLOAT64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.Embed;
import dev.heddle.random.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How modules are put together: instances, names and scopes. */
class SharedModulesTest {
  private static final Array X = Array.full(1, FLOAT32, 2, 2);

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

  private static Iterable<String> pathsOf(BiFunction<Scope, Array, Array> body) {
    return new Custom(body).init(Rngs.of(0), X).flatten().keySet();
  }

  @Test
  void oneInstanceIsOneSubmoduleWhereverItIsCalled() {
    Dense shared = Dense.builder().features(2).useBias(false).build();
    Custom user = new Custom((scope, x) -> scope.call(shared, x));

    assertThat(pathsOf((scope, x) -> scope.call(shared, scope.call(shared, x))))
        .containsExactly("params/Dense_0/kernel");
    assertThat(pathsOf((scope, x) -> scope.call(user, scope.call(shared, x))))
        .containsExactly("params/Dense_0/kernel");
  }

  @Test
  void oneConfigurationUnderTwoNamesIsTwoSubmodules() {
    Dense config = Dense.builder().features(2).useBias(false).build();

    assertThat(pathsOf((scope, x) -> scope.call("b", config, scope.call("a", config, x))))
        .containsExactly("params/a/kernel", "params/b/kernel");
  }

  @Test
  void namesAreFreeAgainInEveryCallOfAModule() {
    Dense field = Dense.builder().features(2).useBias(false).build();
    Custom block =
        new Custom((scope, x) ->
            scope.call(Dense.builder().features(2).useBias(false).build(), scope.call(field, x)));

    assertThat(pathsOf((scope, x) -> scope.call(block, scope.call(block, x))))
        .containsExactly("params/Custom_0/Dense_0/kernel", "params/Custom_0/Dense_1/kernel");
  }

  @Test
  void aCalledAgainSubmoduleDrawsOtherKeysOfTheSameParameters() {
    Dropout half = Dropout.builder().rate(0.5).deterministic(false).build();
    Custom twice =
        new Custom((scope, x) -> {
          Array once = scope.call(half, Dropout.Inputs.of(x));
          assertThat(scope.call(half, Dropout.Inputs.of(x))).isNotEqualTo(once);
          return once;
        });
    Array x = Array.full(1, FLOAT32, 64);

    Array first = twice.apply(Variables.empty(), x, Rngs.of("dropout", 1));
    assertThat(twice.apply(Variables.empty(), x, Rngs.of("dropout", 1))).isEqualTo(first);
  }

  @Test
  void aKeyGivenToTheCallIsNotCounted() {
    Dropout half = Dropout.builder().rate(0.5).deterministic(false).build();
    Dropout.Inputs in = Dropout.Inputs.of(Array.full(1, FLOAT32, 64));
    Key key = Key.of(7);

    assertThat(half.apply(Variables.empty(), in.rng(key)))
        .isEqualTo(half.apply(Variables.empty(), in.rng(key)));
  }

  @Test
  void anotherMethodRunsInAScopeOfItsOwn() {
    Embed embed = Embed.of(5, 3);
    Array tokens = Array.of(new int[] {1, 4});
    Module<Array, Array> tied =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array in) {
            Array x = scope.call(embed, in);
            return scope.within(embed, s -> embed.attend(s, x));
          }
        };

    Applied<Array> made = tied.initWithOutput(Rngs.of(0), tokens);

    assertThat(made.output().shape()).isEqualTo(Shape.of(2, 5));
    assertThat(made.variables().flatten().keySet()).containsExactly("params/Embed_0/embedding");
    assertThat(
            embed
                .initMethod(Rngs.of(0), s -> embed.attend(s, Array.zeros(FLOAT32, 3)))
                .variables()
                .flatten()
                .keySet())
        .containsExactly("params/embedding");
  }

  @Test
  void aScopeKnowsWhereItIs() {
    Custom inner =
        new Custom((scope, x) -> {
          assertThat(scope.path()).isEqualTo("/encoder");
          assertThat(scope.name()).isEqualTo("encoder");
          assertThat(scope.isInitializing()).isTrue();
          assertThat(scope.isMutable("intermediates")).isFalse();
          assertThat(scope.hasRng("params")).isTrue();
          assertThat(scope.hasRng("dropout")).isFalse();
          assertThat(scope.getVariable("params", "w")).isEqualTo(Optional.empty());
          assertThat(scope.error("what is wrong")).hasMessage("/encoder: what is wrong");
          return x;
        });

    new Custom(
            (scope, x) -> {
              assertThat(scope.path()).isEqualTo("/");
              assertThat(scope.name()).isNull();
              return scope.attribute("encoder", inner).call(x);
            })
        .init(Rngs.of(0), X);
  }

  @Test
  void initKeepsIntermediatesOnlyIfAsked() {
    Custom sower =
        new Custom((scope, x) -> {
          assertThat(scope.sow("intermediates", "h", x))
              .isEqualTo(scope.isMutable("intermediates"));
          return x;
        });

    assertThat(sower.init(Rngs.none(), X).isEmpty()).isTrue();
    assertThat(
            sower
                .initWithOutput(Rngs.none(), X, Mutable.all())
                .variables()
                .tuple("intermediates/h"))
        .containsExactly(X);
  }

  @Test
  void untouchedCollectionsComeBackIfTheFilterHasThem() {
    Variables given = Variables.of(Map.of("cache/x", X, "state/y", X));
    Custom idle = new Custom((scope, x) -> x);

    assertThat(idle.apply(given, X, Rngs.none(), Mutable.of("cache", "other")).variables())
        .isEqualTo(given.collection("cache"));
  }

  @Test
  void aModuleMayBeUsedByManyThreadsAtOnce() {
    Custom model =
        new Custom((scope, x) ->
            scope.call(
                Dropout.builder().rate(0.5).deterministic(false).build(),
                Dropout.Inputs.of(scope.call(Dense.of(2), x))));
    Variables variables = model.init(Rngs.of(0), X);
    List<Array> alone =
        IntStream.range(0, 64)
            .mapToObj(i -> model.apply(variables, X.times(i), Rngs.of("dropout", i)))
            .toList();

    assertThat(
            IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> model.apply(variables, X.times(i), Rngs.of("dropout", i)))
                .toList())
        .isEqualTo(alone);
  }

  @Test
  void x64IsOnWhereAnythingIsFloat64() {
    Custom module = new Custom((scope, x) -> Array.scalar(scope.x64() ? 64 : 32, FLOAT32));
    Array wide = Array.zeros(FLOAT64, 2);
    Variables wideVariables = Variables.of(Map.of("params/w", wide));

    assertThat(module.apply(Variables.empty(), X).item()).isEqualTo(32);
    assertThat(module.apply(Variables.empty(), wide).item()).isEqualTo(64);
    assertThat(module.apply(wideVariables, X).item()).isEqualTo(64);
    assertThat(module.apply(wideVariables, X, Rngs.none().x64(false)).item()).isEqualTo(32);
    assertThat(module.apply(Variables.empty(), X, Rngs.none().x64(true)).item()).isEqualTo(64);
  }

  @Test
  void tabulateShowsEveryModuleThatRuns() {
    Custom model =
        new Custom((scope, x) -> scope.call(Dense.of(3), scope.call("first", Dense.of(4), x)));

    assertThat(model.tabulate(Rngs.of(0), X))
        .isEqualTo(
            """
            path          module  inputs         outputs        tensors                                size
            /             Custom  float32[2, 2]  float32[2, 3]
            /first        Dense   float32[2, 2]  float32[2, 4]  kernel float32[2, 4], bias float32[4]    12
            /Dense_0      Dense   float32[2, 4]  float32[2, 3]  kernel float32[4, 3], bias float32[3]    15
            total params                                                                                 27
            """);
  }

  @Test
  void listsAndMapsOfModulesAreNamedByNumberAndKey() {
    List<Dense> layers = List.of(Dense.of(2), Dense.of(2));

    assertThat(
            pathsOf((scope, x) -> {
              for (Bound<Array, Array> layer : scope.attributes("layers", layers)) {
                x = layer.call(x);
              }
              return x;
            }))
        .containsExactly(
            "params/layers_0/kernel",
            "params/layers_0/bias",
            "params/layers_1/kernel",
            "params/layers_1/bias");
  }
}
