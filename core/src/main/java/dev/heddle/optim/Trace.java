package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Momentum: updates gathered with those before, which fade. */
final class Trace extends FusableTransformation {
  private final double decay;
  private final boolean nesterov;
  private final @Nullable DType accumulatorDtype;

  Trace(double decay, boolean nesterov, @Nullable DType accumulatorDtype) {
    this.decay = decay;
    this.nesterov = nesterov;
    this.accumulatorDtype = Checks.floating("accumulator_dtype", accumulatorDtype);
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    return OptState.empty().with("trace", Zeros.like(params, accumulatorDtype));
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    List<Array> traces = work.group(state, "trace", accumulatorDtype);
    List<Array> next = new ArrayList<>();
    for (int i = 0; i < work.size(); i++) {
      Array trace = traces.get(i);
      next.add(work.isPlain(i, trace) ? joined(work, i, trace) : composed(work, i, trace));
    }
    return OptState.empty().with("trace", OptState.of(work.paths(), next));
  }

  private Array joined(UpdatePipeline<?> work, int leaf, Array trace) {
    float[] old = trace.storage().floats();
    float[] next = new float[old.length];
    float narrow = (float) decay;
    work.add(
        leaf,
        (updates, from, n) -> work.kernels().trace(narrow, nesterov, old, next, updates, from, n));
    return Array.wrap(new Storage.F32(next), trace.shape());
  }

  private Array composed(UpdatePipeline<?> work, int leaf, Array trace) {
    Array gradient = work.array(leaf);
    Array next = gradient.plus(trace.times(decay));
    work.set(leaf, nesterov ? gradient.plus(next.times(decay)) : next);
    return accumulatorDtype == null ? next : next.astype(accumulatorDtype);
  }

  /** The settings as Optax names them. */
  @Override
  public String toString() {
    return "trace(decay=%s, nesterov=%s)".formatted(decay, nesterov);
  }
}
