package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.internal.ArrayInternals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gradient accumulation, {@code optax.MultiSteps}. Every k-th call is a step of another
 * transformation with the mean of the last k gradients; the updates of the other calls are zeros.
 * The state is {@code mini_step}, {@code gradient_step}, {@code inner_opt_state} and {@code
 * acc_grads}. Immutable; its methods return modified copies; see {@link Optim#multiSteps}.
 *
 * <p>The inner transformation is only called in every k-th call. (Optax calls it always and
 * multiplies by 0, so that one NaN gradient stays in the accumulator permanently; here it affects
 * one step only.)
 */
public final class MultiSteps extends FusableTransformation {
  private final GradientTransformation inner;
  private final IntUnaryOperator everyK;
  private final boolean useGradMean;
  private final @Nullable DType accumulatorDtype;

  /** The same number of calls for every step. */
  record Constant(int k) implements IntUnaryOperator {
    Constant {
      Arguments.atLeast("MultiSteps", "every_k", k, 1);
    }

    @Override
    public int applyAsInt(int step) {
      return k;
    }
  }

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

  /** Whether to use the mean of the gradients, the default, or their sum. */
  public MultiSteps useGradMean(boolean value) {
    return new MultiSteps(inner, everyK, value, accumulatorDtype);
  }

  /** The accumulator's type, float32 by default; null for the parameters' own. */
  public MultiSteps accumulatorDtype(@Nullable DType value) {
    return new MultiSteps(
        inner, everyK, useGradMean, Arguments.floating("MultiSteps", "accumulator_dtype", value));
  }

  /** Whether the call that returned this state was a step of the inner transformation. */
  public boolean hasUpdated(OptState state) {
    return count(state, "mini_step") == 0 && count(state, "gradient_step") > 0;
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return state(0, 0, inner.init(params), zerosLike(params, accumulatorDtype));
  }

  private static OptState state(
      int miniStep, int gradientStep, OptState inner, OptState accumulated) {
    return OptState.empty()
        .with("mini_step", number(miniStep))
        .with("gradient_step", number(gradientStep))
        .with("inner_opt_state", inner)
        .with("acc_grads", accumulated)
        .with("skip_state", OptState.empty());
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    int miniStep = count(state, "mini_step");
    int gradientStep = count(state, "gradient_step");
    int k = Arguments.atLeast("MultiSteps", "every_k", everyK.applyAsInt(gradientStep), 1);
    List<Array> accumulated = pipeline.group(state, "acc_grads", accumulatorDtype);
    OptState innerState = state.child("inner_opt_state");
    List<DType> dtypes = new ArrayList<>();
    for (int i = 0; i < pipeline.size(); i++) {
      dtypes.add(pipeline.dtype(i));
      accumulate(pipeline, i, accumulated.get(i), miniStep);
    }
    int next = increment(miniStep) % k;
    if (miniStep != k - 1) {
      List<Array> sums = new ArrayList<>();
      for (int i = 0; i < pipeline.size(); i++) {
        sums.add(pipeline.array(i).astype(accumulated.get(i).dtype()));
        pipeline.set(i, zerosLike(pipeline.array(i), dtypes.get(i)));
      }
      return state(next, gradientStep, innerState, OptState.of(pipeline.paths(), sums));
    }
    List<Array> zeros = new ArrayList<>();
    for (int i = 0; i < pipeline.size(); i++) {
      zeros.add(zerosLike(accumulated.get(i), null));
      if (pipeline.dtype(i) != dtypes.get(i)) {
        pipeline.set(i, pipeline.array(i).astype(dtypes.get(i)));
      }
    }
    OptState innerNext = apply(inner, pipeline, innerState);
    return state(next, increment(gradientStep), innerNext, OptState.of(pipeline.paths(), zeros));
  }

  private void accumulate(UpdatePipeline<?> pipeline, int leaf, Array accumulated, int before) {
    if (pipeline.isFusable(leaf, accumulated)) {
      float[] old = ArrayInternals.floats(accumulated);
      float count = before + 1;
      pipeline.add(
          leaf,
          useGradMean
              ? (updates, from, n) -> pipeline.kernels().average(count, old, updates, from, n)
              : (updates, from, n) -> pipeline.kernels().addScaled(1, old, updates, from, n));
      return;
    }
    Array gradient = pipeline.array(leaf);
    pipeline.set(
        leaf,
        useGradMean
            ? accumulated.plus(gradient.minus(accumulated).dividedBy(before + 1))
            : gradient.plus(accumulated));
  }

  @Override
  Call call() {
    return new Call("MultiSteps")
        .with("", inner)
        .with("every_k_schedule", everyK instanceof Constant(int k) ? (Object) k : everyK)
        .with("use_grad_mean", useGradMean)
        .with("accumulator_dtype", accumulatorDtype);
  }
}
