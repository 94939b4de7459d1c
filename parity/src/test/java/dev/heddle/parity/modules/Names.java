package dev.heddle.parity.modules;

import dev.heddle.array.Array;
import dev.heddle.array.Concatenate;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.Bound;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Modules that show how submodules get their names and places. */
public final class Names {
  private Names() {}

  /** Explicit names; an unnamed Dense beside them is still Dense_0. */
  public static final class Named extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      MultiHeadDotProductAttention attention =
          MultiHeadDotProductAttention.builder().numHeads(2).build();
      x = scope.call("encoder", attention, AttentionInputs.of(x));
      x = scope.call(Dense.of(4), x);
      return scope.call("head", Dense.of(3), x);
    }
  }

  /**
   * setup: attribute, list, map; {@code called} has a name of its own; {@code unused} leaves
   * nothing.
   */
  public static final class SetupAttrs extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      Bound<Array, Array> first = scope.attribute("first", Dense.of(3));
      List<Bound<Array, Array>> layers =
          scope.attributes("layers", List.of(Dense.of(4), Dense.of(5)));
      Map<String, Dense> heads = new LinkedHashMap<>();
      heads.put("a", Dense.of(2));
      heads.put("b", Dense.of(3));
      Map<String, Bound<Array, Array>> table = scope.attributes("table", heads);
      Bound<Array, Array> called = scope.bind(Dense.builder().features(2).name("renamed").build());
      scope.attribute("unused", Dense.of(7));

      x = layers.get(1).call(layers.get(0).call(x)); // before first: the tree follows first use
      x = first.call(x);
      return Concatenate.concatenate(
          List.of(table.get("b").call(x), table.get("a").call(x), called.call(x)), -1);
    }
  }

  /** Parameters made in setup come before those of the submodules. */
  public static final class SetupParams extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      Bound<Array, Array> dense = scope.attribute("dense", Dense.of(3));
      Array scale = scope.param("scale", Initializers.normal(0.5), Shape.of(3), DType.FLOAT32);
      Array shift = scope.param("shift", Initializers.uniform(), Shape.of(3), DType.FLOAT32);
      return dense.call(x).times(scale).plus(shift);
    }
  }

  /** A submodule made outside takes the attribute's name. */
  public static final class PassedIn extends Module<Array, Array> {
    private final Module<Array, Array> inner;

    /** Around a module, with an automatic name. */
    public PassedIn(Module<Array, Array> inner) {
      this(inner, null);
    }

    /** Around a module, under a name. */
    public PassedIn(Module<Array, Array> inner, @Nullable String name) {
      super(name, null);
      this.inner = inner;
    }

    @Override
    protected Array call(Scope scope, Array x) {
      Array y = scope.attribute("inner", inner).call(x);
      return scope.call(Dense.of(2), y);
    }
  }

  /** A Dense made here and given to an inner module belongs here: Dense_0 beside, not inside. */
  public static final class ParentElsewhere extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      Bound<Array, Array> dense = scope.bind(Dense.of(4));
      return scope.call(new PassedIn(dense.module()), x);
    }
  }

  /** Names beyond ASCII, three levels deep. */
  public static final class DeepNames extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      x = scope.call("Überschicht", new Named(), x);
      x = scope.call("注意", Dense.of(3), x);
      Bound<Array, Array> thread = scope.bind(Dense.builder().features(4).name("🧵").build());
      return scope.call(new PassedIn(thread.module(), "näher"), x);
    }
  }

  /** Methods beside the call, which uses them both. */
  public static final class MethodOther extends Module<Array, Array> {
    private final Dense down = Dense.of(3);
    private final Dense up = Dense.of(6);

    @Override
    protected Array call(Scope scope, Array x) {
      return decode(scope, encode(scope, x));
    }

    /** Six features to three. */
    public Array encode(Scope scope, Array x) {
      return scope.attribute("down", down).call(x);
    }

    /** Three features to six. */
    public Array decode(Scope scope, Array z) {
      return scope.attribute("up", up).call(z);
    }
  }

  /** Wrong: the explicit Dense_1 meets the second unnamed Dense. */
  public static final class NameTaken extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      x = scope.call("Dense_1", Dense.of(3), x);
      return scope.call(Dense.of(3), scope.call(Dense.of(3), x));
    }
  }

  /** Wrong: two submodules of one explicit name. */
  public static final class SameNameTwice extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      return scope.call("twin", Dense.of(3), scope.call("twin", Dense.of(3), x));
    }
  }

  /** Wrong: a parameter with the name of a submodule. */
  public static final class ParamTaken extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      x = scope.call("w", Dense.of(3), x);
      return x.plus(scope.param("w", Initializers.zeros(), Shape.of(3), DType.FLOAT32));
    }
  }

  /** Wrong: one parameter made twice. */
  public static final class ParamTwice extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      return x.plus(scope.param("w", Initializers.zeros(), Shape.of(1), DType.FLOAT32))
          .plus(scope.param("w", Initializers.zeros(), Shape.of(1), DType.FLOAT32));
    }
  }
}
