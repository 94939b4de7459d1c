package dev.heddle.linen;

import static dev.heddle.array.DType.FLOAT32;
import static dev.heddle.linen.GoldenLines.assertClose;
import static dev.heddle.linen.GoldenLines.assertEqualBits;
import static dev.heddle.linen.GoldenLines.counted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.random.Era;
import dev.heddle.random.Key;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** User-made modules beside the same ones in Flax: names, order, random streams, collections. */
class ModuleSystemGoldenTest {
  private static final Array X = Array.full(1, FLOAT32, 1, 3);

  private static Rngs params(String era) {
    return Rngs.of(0).era(Era.valueOf(era.toUpperCase(Locale.ROOT)));
  }

  /** The multi-layer perceptron of the documentation of Flax's Dropout. */
  private static final class Mlp extends Module<Dropout.Inputs, Array> {
    @Override
    protected Array call(Scope scope, Dropout.Inputs in) {
      Array x = scope.call(Dense.of(4), in.inputs());
      return scope.call(Dropout.of(0.5), new Dropout.Inputs(x, in.deterministic(), null));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void dropoutOfTheDocumentation(String era) {
    GoldenLines golden = GoldenLines.of(era, "mlp");
    Mlp mlp = new Mlp();
    Dropout.Inputs still = Dropout.Inputs.of(X).deterministic(true);

    Variables variables = mlp.init(params(era), still);
    assertEqualBits(variables, golden.variables("variables"));
    assertClose(mlp.apply(variables, still), golden.tensor("output"));

    Rngs dropout = Rngs.of("dropout", 1).era(Era.valueOf(era.toUpperCase(Locale.ROOT)));
    assertClose(
        mlp.apply(variables, Dropout.Inputs.of(X).deterministic(false), dropout),
        golden.tensor("dropped"));
  }

  /** Automatic and explicit names, binding before use, one instance used twice. */
  private static final class Names extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array in) {
      Bound<Array, Array> a = scope.bind(Dense.of(2));
      Bound<Array, Array> b = scope.bind(Dense.builder().features(3).name("middle").build());
      Bound<Array, Array> c = scope.bind(Dense.of(2));
      Array x = c.call(in);
      x = a.call(b.call(x));
      x = scope.call(LayerNorm.builder().build(), x);
      Dense d = Dense.of(2);
      return scope.call(d, scope.call(d, x));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void namesCountTheUnnamedAndTreesAreInOrderOfFirstUse(String era) {
    GoldenLines golden = GoldenLines.of(era, "names");

    Applied<Array> made = new Names().initWithOutput(params(era), counted(2, 2));

    assertEqualBits(made.variables(), golden.variables("variables"));
    assertClose(made.output(), golden.tensor("output"));
  }

  private static final class Block extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      return scope.call(Dense.of(x.shape().dim(-1)), x);
    }
  }

  /** What Flax writes in setup. */
  private static final class Setup extends Module<Array, Array> {
    private final List<Block> layers = List.of(new Block(), new Block());
    private final Map<String, Dense> heads = new LinkedHashMap<>();

    Setup() {
      heads.put("left", Dense.of(2));
      heads.put("right", Dense.of(2));
    }

    @Override
    protected Array call(Scope scope, Array x) {
      List<Bound<Array, Array>> blocks = scope.attributes("layers", layers);
      Map<String, Bound<Array, Array>> ends = scope.attributes("heads", heads);
      Bound<Array, Array> unused = scope.attribute("unused", Dense.of(7));
      Bound<Array, Array> last =
          scope.attribute("last", Dense.builder().features(2).name("ignored").build());
      Array y = last.call(x);
      for (Bound<Array, Array> block : blocks) {
        y = block.call(y);
      }
      assertThat(unused.path()).isEqualTo("/unused");
      return ends.get("right")
          .call(y)
          .plus(ends.get("left").call(y))
          .plus(blocks.getFirst().call(y));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void attributesNameTheirModules(String era) {
    GoldenLines golden = GoldenLines.of(era, "setup");

    Applied<Array> made = new Setup().initWithOutput(params(era), counted(2, 2));

    assertEqualBits(made.variables(), golden.variables("variables"));
    assertClose(made.output(), golden.tensor("output"));
  }

  /** A layer around another that was handed in. */
  private static final class Inner extends Module<Array, Array> {
    private final Dense layer;

    Inner(Dense layer) {
      this.layer = layer;
    }

    @Override
    protected Array call(Scope scope, Array x) {
      Bound<Array, Array> bound = scope.attribute("layer", layer);
      return bound.call(scope.call(Dense.of(2), x));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void aModuleBelongsWhereItWasConstructed(String era) {
    GoldenLines golden = GoldenLines.of(era, "constructed");
    Module<Array, Array> outer =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array x) {
            return scope.call(new Inner(Dense.builder().features(2).parent(scope).build()), x);
          }
        };

    Applied<Array> made = outer.initWithOutput(params(era), counted(2, 2));

    assertEqualBits(made.variables(), golden.variables("variables"));
    assertClose(made.output(), golden.tensor("output"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void aModuleMadeOutsideTakesTheAttributesName(String era) {
    Inner inner = new Inner(Dense.builder().features(2).name("ignored").build());

    assertEqualBits(
        inner.init(params(era), counted(2, 2)),
        GoldenLines.of(era, "attribute").variables("variables"));
  }

  /** Draws keys; its own parameters draw from the stream params as well. */
  private static final class Keys extends Module<Array, List<Array>> {
    @Override
    protected List<Array> call(Scope scope, Array x) {
      scope.param("a", Initializers.normal(), Shape.of(2), FLOAT32);
      scope.param("b", Initializers.normal(), Shape.of(2), FLOAT32);
      return List.of(
          scope.makeRng("params").data(),
          scope.makeRng("dropout").data(),
          scope.makeRng("dropout").data());
    }
  }

  private static final class Root extends Module<Array, Map<String, Array>> {
    @Override
    protected Map<String, Array> call(Scope scope, Array x) {
      Bound<Array, List<Array>> keys = scope.attribute("schlüssel", new Keys());
      List<Array> first = keys.call(x);
      List<Array> again = keys.call(x);
      Map<String, Array> drawn = new LinkedHashMap<>();
      for (int i = 0; i < 3; i++) {
        drawn.put("first/" + i, first.get(i));
        drawn.put("again/" + i, again.get(i));
      }
      drawn.put("own", scope.makeRng("dropout").data());
      return drawn;
    }
  }

  private static void assertKeys(Map<String, Array> drawn, GoldenLines golden, String name) {
    drawn.forEach(
        (path, key) -> assertEqualBits(key, golden.tensor(name + "/" + path), name + "/" + path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void keysComeFromPathAndCount(String era) {
    GoldenLines golden = GoldenLines.of(era, "keys");
    Rngs rngs = params(era).and("dropout", 1);

    Applied<Map<String, Array>> made = new Root().initWithOutput(rngs, X);

    assertKeys(made.output(), golden, "init");
    assertEqualBits(made.variables(), golden.variables("variables"));
    assertKeys(new Root().apply(made.variables(), X, rngs), golden, "apply");
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void theSeparatorIsASetting(String era) {
    GoldenLines golden = GoldenLines.of(era, "separator");
    Rngs rngs = params(era).and("dropout", 1).fixRngSeparator(true);

    Applied<Map<String, Array>> made = new Root().initWithOutput(rngs, X);

    assertKeys(made.output(), golden, "init");
    assertEqualBits(made.variables(), golden.variables("variables"));
  }

  @ParameterizedTest
  @ValueSource(strings = "modern") // the classic Flax has no such fallback
  void aMissingStreamIsParamsWithItsCount(String era) {
    GoldenLines golden = GoldenLines.of(era, "fallback");

    Applied<Map<String, Array>> made = new Root().initWithOutput(params(era), X);

    assertKeys(made.output(), golden, "init");
    assertKeys(new Root().apply(made.variables(), X, params(era)), golden, "apply");
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void the256thDrawTakesTwoBytes(String era) {
    Module<Array, Array> many =
        new Module<>() {
          @Override
          protected Array call(Scope scope, Array x) {
            Key key = scope.makeRng("dropout");
            for (int i = 1; i < 256; i++) {
              key = scope.makeRng("dropout");
            }
            return key.data();
          }
        };

    assertThat(many.apply(Variables.empty(), X, Rngs.of("dropout", 1)))
        .isEqualTo(GoldenLines.of(era, "draw256").tensor("output"));
  }

  /** Writes to three collections. */
  private static final class Sowing extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      scope.sow("intermediates", "h", x);
      scope.sow("intermediates", "h", x.times(2));
      Array zeros = Array.zeros(x.dtype(), x.shape().dims());
      scope.sow("losses", "sum", x, () -> zeros, Array::plus);
      scope.sow("losses", "sum", x, () -> zeros, Array::plus);
      Variable steps = scope.variable("state", "steps", () -> Array.scalar(0, DType.INT32));
      if (scope.isMutable("state")) {
        steps.set(steps.value().plus(Array.scalar(1, DType.INT32)));
      }
      return scope.call(Dense.of(2), x);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void collectionsAreKeptAsTheFilterSays(String era) {
    GoldenLines golden = GoldenLines.of(era, "sow");
    Sowing sowing = new Sowing();
    Variables init = sowing.init(params(era), X);
    assertEqualBits(init, golden.variables("init"));

    Variables after = written(sowing, init, Mutable.of("intermediates", "state"));
    assertEqualBits(after, golden.variables("after"));
    assertEqualBits(
        written(sowing, init.merge(after), Mutable.of("intermediates")), golden.variables("again"));
    assertEqualBits(written(sowing, init, Mutable.allBut("params")), golden.variables("deny"));
    assertThat(written(sowing, init, Mutable.none()).isEmpty()).isTrue();
  }

  private static Variables written(Sowing sowing, Variables variables, Mutable mutable) {
    return sowing.apply(variables, X, Rngs.none(), mutable).variables();
  }

  private static final class Perturbed extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      Bound<Array, Array> last = scope.bind(Dense.of(2)); // Python makes the outer one first
      return last.call(scope.perturb("h", scope.call(Dense.of(3), x)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void perturbationsAreAddedWhereTheirCollectionIs(String era) {
    GoldenLines golden = GoldenLines.of(era, "perturb");
    Perturbed perturbed = new Perturbed();

    Variables variables = perturbed.init(params(era), X);
    assertEqualBits(variables, golden.variables("variables"));
    assertClose(perturbed.apply(variables.collection("params"), X), golden.tensor("plain"));
    Variables nudged = variables.with("perturbations/h", Array.full(1, FLOAT32, 1, 3));
    assertClose(perturbed.apply(nudged, X), golden.tensor("nudged"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"modern", "classic"})
  void outputsAreCapturedUnderTheirPaths(String era) {
    Names names = new Names();
    Variables variables = names.init(params(era), counted(2, 2));

    Variables captured =
        names
            .apply(variables, counted(2, 2), Rngs.none(), Mutable.none(), Capture.calls())
            .variables();

    Variables expected = GoldenLines.of(era, "capture").variables("variables");
    assertThat(captured.flatten().keySet()).containsExactlyElementsOf(expected.flatten().keySet());
    captured.flatten().forEach((path, array) -> assertClose(array, expected.get(path)));
  }
}
