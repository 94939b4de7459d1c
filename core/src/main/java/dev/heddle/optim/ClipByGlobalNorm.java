package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;

/** Scales the updates down where their global norm exceeds a bound. */
final class ClipByGlobalNorm extends FusableTransformation {
  private final double maxNorm;

  ClipByGlobalNorm(double maxNorm) {
    this.maxNorm = Arguments.above0("clip_by_global_norm", "max_norm", maxNorm);
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return OptState.empty();
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    Array norm = GlobalNorm.of(pipeline.paths(), pipeline.arrays());
    Array bound = Array.scalar(maxNorm, norm.dtype());
    if (norm.tracer() == null && norm.item() < bound.item()) {
      return state;
    }
    if (norm.tracer() != null) {
      throw new IllegalArgumentException(
          "clip_by_global_norm: expected updates that are not being differentiated");
    }
    float divisor = (float) norm.item();
    float factor = (float) maxNorm;
    for (int i = 0; i < pipeline.size(); i++) {
      if (pipeline.isFusable(i) && norm.dtype() == DType.FLOAT32) {
        pipeline.add(
            i, (updates, from, n) -> pipeline.kernels().clip(divisor, factor, updates, from, n));
      } else {
        Array updates = pipeline.array(i);
        pipeline.set(i, updates.dividedBy(norm.astype(updates.dtype())).times(maxNorm));
      }
    }
    return state;
  }

  @Override
  Call call() {
    return new Call("clip_by_global_norm").with("max_norm", maxNorm);
  }
}
