package dev.heddle.parity.modules;

import dev.heddle.array.Array;
import dev.heddle.array.Concatenate;
import dev.heddle.array.DType;
import dev.heddle.array.Index;
import dev.heddle.array.Shape;
import dev.heddle.array.Slice;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.Variable;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Dropout;
import java.util.ArrayList;
import java.util.List;

/** Modules with state, sown values and random streams of their own. */
public final class States {
  private States() {}

  /** A counter and a running mean, written where {@code state} is mutable. */
  public static final class WithVariable extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      int features = x.shape().dim(-1);
      boolean initialized = scope.hasVariable("state", "mean");
      Variable count = scope.variable("state", "count", () -> Array.zeros(DType.INT32));
      Variable mean = scope.variable("state", "mean", () -> Array.zeros(x.dtype(), features));
      if (initialized && scope.isMutable("state")) {
        count.set(count.value().plus(1));
        Array first = x.reshape(-1, features).get(0);
        mean.set(mean.value().times(0.5).plus(first.times(0.5)));
      }
      return scope.call(Dense.of(3), x).plus(mean.value().sum());
    }
  }

  /** sow twice under one name, into another collection too, and with a sum of its own. */
  public static final class WithSow extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array input) {
      scope.sow("intermediates", "seen", input);
      Array x = scope.call(Dense.of(3), input);
      scope.sow("intermediates", "seen", x);
      scope.sow("losses", "size", Slice.get(x, Index.rest(), Index.at(0)).sum());
      for (int i = 0; i < 2; i++) {
        scope.sow("sums", "total", row(x, i).sum(), () -> Array.zeros(DType.FLOAT32), Array::plus);
      }
      return x;
    }

    private static Array row(Array x, int i) {
      return Slice.get(x, Index.rest(), Index.at(i), Index.all());
    }
  }

  /** perturb: zeros in {@code perturbations}, added to the value. */
  public static final class WithPerturb extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      x = scope.perturb("hook", scope.call(Dense.of(3), x));
      return scope.call(Dense.of(2), x);
    }
  }

  /** Keys of a stream of its own, after two parameters; the keys are an output. */
  public static final class MakeRng extends Module<Array, Tuple> {
    private final String stream;
    private final int draws;

    /** Draws from a stream several times. */
    public MakeRng(String stream, int draws) {
      this.stream = stream;
      this.draws = draws;
    }

    @Override
    protected Tuple call(Scope scope, Array x) {
      Array w = scope.param("w", Initializers.normal(), Shape.of(2), DType.FLOAT32);
      Array b = scope.param("b", Initializers.uniform(), Shape.of(2), DType.FLOAT32);
      List<Array> keys = new ArrayList<>();
      for (int i = 0; i < draws; i++) {
        keys.add(scope.makeRng(stream).data());
      }
      Array two = Slice.get(x, Index.rest(), Index.until(2));
      return Tuple.of(Concatenate.stack(keys, 0), two.times(w).plus(b));
    }
  }

  /** Counters are of a scope and a stream: streams do not disturb each other, nor do children. */
  public static final class TwoStreams extends Module<Array, Tuple> {
    @Override
    protected Tuple call(Scope scope, Array x) {
      List<Array> found = new ArrayList<>();
      found.add(scope.makeRng("noise").data());
      found.add(scope.makeRng("dropout").data());
      found.add(scope.makeRng("noise").data());
      MakeRng child = new MakeRng("noise", 2);
      List<Array> once = scope.call(child, x).leaves();
      Array again = scope.call(child, once.get(1)).leaves().getFirst();
      found.add(scope.makeRng("noise").data());
      return Tuple.of(Concatenate.stack(found, 0), once.getFirst(), again);
    }
  }

  /** An unnamed Dense and Dropout, for calling twice. */
  public static final class Block extends Module<SequenceInput, Array> {
    @Override
    protected Array call(Scope scope, SequenceInput in) {
      Array y = scope.call(Dense.of(in.x().shape().dim(-1)), in.x());
      return scope.call(Dropout.of(0.5), Dropout.Inputs.of(y).deterministic(in.deterministic()));
    }
  }

  /** Calling an instance twice starts its names anew, but not its random counters. */
  public static final class BlockTwice extends Module<SequenceInput, Array> {
    @Override
    protected Array call(Scope scope, SequenceInput in) {
      Block block = new Block();
      Array once = scope.call(block, in);
      return scope.call(block, new SequenceInput(once, in.deterministic()));
    }
  }

  /** Writes {@code state} always: an error where it is not mutable. */
  public static final class WritesState extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      Variable count = scope.variable("state", "count", () -> Array.zeros(DType.INT32));
      count.set(count.value().plus(1));
      return x;
    }
  }

  /** Wrong: reads a variable that does not exist. */
  public static final class ReadsMissing extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      Variable other = scope.variable("state", "other", () -> Array.zeros(DType.FLOAT32));
      return x.plus(other.value()).plus(scope.variable("state", "count").value());
    }
  }
}
