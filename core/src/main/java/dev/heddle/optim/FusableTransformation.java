package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import org.jspecify.annotations.Nullable;

/** A transformation whose float32 loops can be fused with those of others. */
abstract class FusableTransformation implements GradientTransformation {
  /** The state before the first step; all parameters are floating-point. */
  abstract <T extends ArrayTree<T>> OptState initState(T params);

  /**
   * Adds the operations of one step to a pipeline.
   *
   * @return the next state, whose arrays are written when the pipeline runs
   */
  abstract <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state);

  /** The call that makes it. */
  abstract Call call();

  @Override
  public final <T extends ArrayTree<T>> OptState init(T params) {
    Arguments.floating("params", params);
    return initState(params);
  }

  @Override
  public final <T extends ArrayTree<T>> UpdateResult<T> update(
      T updates, OptState state, T params) {
    if (state == null) { // the annotations are not checked at run time
      throw new IllegalArgumentException(
          "argument \"state\": expected the state of init or of the previous step, got null");
    }
    UpdatePipeline<T> pipeline = UpdatePipeline.ofGradients(updates, params);
    OptState next = apply(pipeline, state);
    return new UpdateResult<>(pipeline.tree(), next);
  }

  /** Applies a step of any transformation to a pipeline. */
  static <T extends ArrayTree<T>> OptState apply(
      GradientTransformation transformation, UpdatePipeline<T> pipeline, OptState state) {
    if (transformation instanceof FusableTransformation fusable) {
      return fusable.apply(pipeline, state);
    }
    UpdateResult<T> updated = transformation.update(pipeline.tree(), state, pipeline.params());
    pipeline.set(updated.updates());
    return updated.state();
  }

  /**
   * A state of zeros with the shapes of a tree.
   *
   * @param dtype their type, or null for the tree's own
   */
  static OptState zerosLike(ArrayTree<?> tree, @Nullable DType dtype) {
    return OptState.of(
        tree.paths(), tree.leaves().stream().map(leaf -> zerosLike(leaf, dtype)).toList());
  }

  static Array zerosLike(Array array, @Nullable DType dtype) {
    return Array.zeros(dtype == null ? array.dtype() : dtype, array.shape().dims());
  }

  /** The step count of a state. */
  static int count(OptState state, String name) {
    Array count = state.array(name);
    if (count.dtype() != DType.INT32 || count.rank() != 0) {
      throw new IllegalArgumentException(
          "optimizer state: \"" + name + "\": expected int32 [], got " + Arguments.type(count));
    }
    return (int) count.item();
  }

  /** The count plus one, saturated. */
  static int increment(int count) {
    return count == Integer.MAX_VALUE ? count : count + 1;
  }

  static Array number(int count) {
    return Array.scalar(count, DType.INT32);
  }

  /** Equal if made by equal calls; schedules and masks are equal if they are the same. */
  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof FusableTransformation transformation
        && call().equals(transformation.call());
  }

  @Override
  public final int hashCode() {
    return call().hashCode();
  }

  /** The call that makes it, with Optax's names. */
  @Override
  public final String toString() {
    return call().toString();
  }
}
