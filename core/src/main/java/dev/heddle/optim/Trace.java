package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.internal.ArrayInternals;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Momentum: an exponentially decaying sum of updates. */
final class Trace extends FusableTransformation {
  private final double decay;
  private final boolean nesterov;
  private final @Nullable DType accumulatorDtype;

  Trace(double decay, boolean nesterov, @Nullable DType accumulatorDtype) {
    this.decay = decay;
    this.nesterov = nesterov;
    this.accumulatorDtype = Arguments.floating("trace", "accumulator_dtype", accumulatorDtype);
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return OptState.empty().with("trace", zerosLike(params, accumulatorDtype));
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    List<Array> traces = pipeline.group(state, "trace", accumulatorDtype);
    List<Array> next = new ArrayList<>();
    for (int i = 0; i < pipeline.size(); i++) {
      Array trace = traces.get(i);
      next.add(
          pipeline.isFusable(i, trace) ? fused(pipeline, i, trace) : composed(pipeline, i, trace));
    }
    return OptState.empty().with("trace", OptState.of(pipeline.paths(), next));
  }

  private Array fused(UpdatePipeline<?> pipeline, int leaf, Array trace) {
    float[] old = ArrayInternals.floats(trace);
    float[] next = new float[old.length];
    float decay32 = (float) decay;
    pipeline.add(
        leaf,
        (updates, from, n) ->
            pipeline.kernels().trace(decay32, nesterov, old, next, updates, from, n));
    return ArrayInternals.wrap(next, trace.shape());
  }

  private Array composed(UpdatePipeline<?> pipeline, int leaf, Array trace) {
    Array gradient = pipeline.array(leaf);
    Array next = gradient.plus(trace.times(decay));
    pipeline.set(leaf, nesterov ? gradient.plus(next.times(decay)) : next);
    return accumulatorDtype == null ? next : next.astype(accumulatorDtype);
  }

  @Override
  Call call() {
    return new Call("trace")
        .with("decay", decay)
        .with("nesterov", nesterov)
        .with("accumulator_dtype", accumulatorDtype);
  }
}
