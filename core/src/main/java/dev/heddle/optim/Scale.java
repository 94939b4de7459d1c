package dev.heddle.optim;

import dev.heddle.array.ArrayTree;

/** Updates times a constant or the value of a schedule. */
final class Scale extends FusableTransformation {
  private final Rate rate;
  private final int sign;

  /**
   * @param sign 1 or -1, a factor of the rate
   */
  Scale(Rate rate, int sign) {
    this.rate = rate;
    this.sign = sign;
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return rate.initState();
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    double factor = sign * rate.now(state);
    float factor32 = (float) factor;
    for (int i = 0; i < pipeline.size(); i++) {
      if (pipeline.isFusable(i)) {
        pipeline.add(i, (updates, from, n) -> pipeline.kernels().scale(factor32, updates, from, n));
      } else {
        pipeline.set(i, pipeline.array(i).times(factor));
      }
    }
    return rate.next(state);
  }

  @Override
  Call call() {
    if (sign < 0) {
      return new Call("scale_by_learning_rate").with("learning_rate", rate);
    }
    return rate.schedule() == null
        ? new Call("scale").with("step_size", rate)
        : new Call("scale_by_schedule").with("step_size_fn", rate);
  }
}
