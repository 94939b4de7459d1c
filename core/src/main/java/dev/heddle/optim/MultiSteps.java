package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A step of another transformation with the gradients of several, {@code optax.MultiSteps}: the
 * updates of all calls but every k-th are zeros. The state is {@code mini_step}, {@code
 * gradient_step}, {@code inner_opt_state} and {@code acc_grads}. Immutable, each setting gives a
 * new one; {@link Optim#multiSteps} makes the first.
 *
 * <p>The inner transformation is only asked in every k-th call. (Optax asks it always and
 * multiplies by 0, so that one gradient that is NaN stays in its sums for good; here it is gone
 * after the step that it spoils.)
 */
public final class MultiSteps extends FusableTransformation {
  private final GradientTransformation inner;
  private final IntUnaryOperator everyK;
  private final boolean useGradMean;
  private final @Nullable DType accumulatorDtype;

  MultiSteps(
      GradientTransformation inner,
      IntUnaryOperator everyK,
      boolean useGradMean,
      @Nullable DType accumulatorDtype) {
    this.inner = inner;
    this.everyK = everyK;
    this.useGradMean = useGradMean;
    this.accumulatorDtype = accumulatorDtype;
  }

  /** Whether the gradients' mean is taken, the default, or their sum. */
  public MultiSteps useGradMean(boolean value) {
    return new MultiSteps(inner, everyK, value, accumulatorDtype);
  }

  /** The type in which gradients gather, float32 by default; null for the parameters' own. */
  public MultiSteps accumulatorDtype(@Nullable DType value) {
    return new MultiSteps(inner, everyK, useGradMean, Checks.floating("accumulator_dtype", value));
  }

  /** Whether the call that gave this state was one that changes parameters. */
  public boolean hasUpdated(OptState state) {
    return count(state, "mini_step") == 0 && count(state, "gradient_step") > 0;
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    return state(0, 0, inner.init(params), Zeros.like(params, accumulatorDtype));
  }

  private static OptState state(int miniStep, int gradientStep, OptState inner, OptState gathered) {
    return OptState.empty()
        .with("mini_step", number(miniStep))
        .with("gradient_step", number(gradientStep))
        .with("inner_opt_state", inner)
        .with("acc_grads", gathered)
        .with("skip_state", OptState.empty());
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    int miniStep = count(state, "mini_step");
    int gradientStep = count(state, "gradient_step");
    int k = Checks.atLeast("every_k", everyK.applyAsInt(gradientStep), 1);
    List<Array> gathered = work.group(state, "acc_grads", accumulatorDtype);
    OptState innerState = state.child("inner_opt_state");
    List<DType> dtypes = new ArrayList<>();
    for (int i = 0; i < work.size(); i++) {
      dtypes.add(work.dtype(i));
      gather(work, i, gathered.get(i), miniStep);
    }
    int next = increment(miniStep) % k;
    if (miniStep != k - 1) {
      List<Array> sums = new ArrayList<>();
      for (int i = 0; i < work.size(); i++) {
        sums.add(work.array(i).astype(gathered.get(i).dtype()));
        work.set(i, Zeros.like(work.array(i), dtypes.get(i)));
      }
      return state(next, gradientStep, innerState, OptState.of(work.paths(), sums));
    }
    List<Array> none = new ArrayList<>();
    for (int i = 0; i < work.size(); i++) {
      none.add(Zeros.like(gathered.get(i), null));
      if (work.dtype(i) != dtypes.get(i)) {
        work.set(i, work.array(i).astype(dtypes.get(i)));
      }
    }
    OptState innerNext = pass(inner, work, innerState);
    return state(next, increment(gradientStep), innerNext, OptState.of(work.paths(), none));
  }

  private void gather(UpdatePipeline<?> work, int leaf, Array gathered, int before) {
    if (work.isPlain(leaf, gathered)) {
      float[] old = gathered.storage().floats();
      float count = before + 1;
      work.add(
          leaf,
          useGradMean
              ? (updates, from, n) -> work.kernels().average(count, old, updates, from, n)
              : (updates, from, n) -> work.kernels().addScaled(1, old, updates, from, n));
      return;
    }
    Array gradient = work.array(leaf);
    work.set(
        leaf,
        useGradMean
            ? gathered.plus(gradient.minus(gathered).dividedBy(before + 1))
            : gradient.plus(gathered));
  }

  @Override
  public String toString() {
    return "MultiSteps(" + inner + ", use_grad_mean=" + useGradMean + ")";
  }
}
