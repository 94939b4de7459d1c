package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.internal.ArrayInternals;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sign of an interpolation of gradient and moment; see {@link Lion}. */
final class ScaleByLion extends FusableTransformation {
  /** Optax's defaults. */
  static final ScaleByLion DEFAULT = new ScaleByLion(0.9, 0.99, null);

  final double b1;
  final double b2;
  final @Nullable DType muDtype;

  ScaleByLion(double b1, double b2, @Nullable DType muDtype) {
    this.b1 = Arguments.decay("lion", "b1", b1);
    this.b2 = Arguments.decay("lion", "b2", b2);
    this.muDtype = Arguments.floating("lion", "mu_dtype", muDtype);
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return OptState.empty().with("count", number(0)).with("mu", zerosLike(params, muDtype));
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    int count = increment(count(state, "count"));
    List<Array> mus = pipeline.group(state, "mu", muDtype);
    List<Array> next = new ArrayList<>();
    for (int i = 0; i < pipeline.size(); i++) {
      Array mu = mus.get(i);
      next.add(pipeline.isFusable(i, mu) ? fused(pipeline, i, mu) : composed(pipeline, i, mu));
    }
    return OptState.empty()
        .with("count", number(count))
        .with("mu", OptState.of(pipeline.paths(), next));
  }

  private Array fused(UpdatePipeline<?> pipeline, int leaf, Array mu) {
    float[] old = ArrayInternals.floats(mu);
    float[] next = new float[old.length];
    float[] factors = {(float) (1 - b1), (float) b1, (float) (1 - b2), (float) b2};
    pipeline.add(
        leaf, (updates, from, n) -> pipeline.kernels().lion(factors, old, next, updates, from, n));
    return ArrayInternals.wrap(next, mu.shape());
  }

  private Array composed(UpdatePipeline<?> pipeline, int leaf, Array mu) {
    Array gradient = pipeline.array(leaf);
    Array next = gradient.times(1 - b2).plus(mu.times(b2));
    pipeline.set(leaf, Elementwise.sign(gradient.times(1 - b1).plus(mu.times(b1))));
    return muDtype == null ? next : next.astype(muDtype);
  }

  @Override
  Call call() {
    return new Call("scale_by_lion").with("b1", b1).with("b2", b2).with("mu_dtype", muDtype);
  }
}
