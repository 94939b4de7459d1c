package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.internal.ArrayInternals;
import org.jspecify.annotations.Nullable;

/** Adds a multiple of the parameters to the updates, where a mask includes them. */
final class AddDecayedWeights extends FusableTransformation {
  private static final String MASKED = "inner_state";

  final Rate weightDecay;
  final @Nullable Mask mask;

  AddDecayedWeights(Rate weightDecay, @Nullable Mask mask) {
    this.weightDecay = weightDecay;
    this.mask = mask;
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    OptState state = weightDecay.initState();
    return mask == null ? state : OptState.empty().with(MASKED, state);
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    OptState inner = mask == null ? state : state.child(MASKED);
    double factor = weightDecay.now(inner);
    if (factor != 0 || weightDecay.schedule() != null) {
      for (int i = 0; i < pipeline.size(); i++) {
        if (mask == null || mask.includes(pipeline.path(i), pipeline.param(i))) {
          add(pipeline, i, factor);
        }
      }
    }
    OptState next = weightDecay.next(inner);
    return mask == null ? next : OptState.empty().with(MASKED, next);
  }

  private static void add(UpdatePipeline<?> pipeline, int leaf, double factor) {
    Array param = pipeline.param(leaf);
    if (pipeline.isFusable(leaf, param)) {
      float factor32 = (float) factor;
      float[] values = ArrayInternals.floats(param);
      pipeline.add(
          leaf,
          (updates, from, n) -> pipeline.kernels().addScaled(factor32, values, updates, from, n));
    } else {
      pipeline.set(leaf, pipeline.array(leaf).plus(param.times(factor)));
    }
  }

  @Override
  Call call() {
    return new Call("add_decayed_weights").with("weight_decay", weightDecay).with("mask", mask);
  }
}
