package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;

/** Updates made shorter where all of them together are longer than a bound. */
final class ClipByGlobalNorm extends FusableTransformation {
  private final double maxNorm;

  ClipByGlobalNorm(double maxNorm) {
    if (!(maxNorm > 0)) {
      throw Checks.wrong("max_norm", "a number above 0", Double.toString(maxNorm));
    }
    this.maxNorm = maxNorm;
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    return OptState.empty();
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    Array norm = GlobalNorm.of(work.paths(), work.arrays());
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
    for (int i = 0; i < work.size(); i++) {
      if (work.isPlain(i) && norm.dtype() == DType.FLOAT32) {
        work.add(i, (updates, from, n) -> work.kernels().clip(divisor, factor, updates, from, n));
      } else {
        Array updates = work.array(i);
        work.set(i, updates.dividedBy(norm.astype(updates.dtype())).times(maxNorm));
      }
    }
    return state;
  }

  /** The settings as Optax names them. */
  @Override
  public String toString() {
    return "clip_by_global_norm(max_norm=%s)".formatted(maxNorm);
  }
}
