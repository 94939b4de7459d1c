package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;

/** A transformation whose work can be joined with that of others. */
abstract class FusableTransformation implements GradientTransformation {
  /** The state before the first step; all parameters are floating-point. */
  abstract <T extends ArrayTree<T>> OptState begin(T params);

  /**
   * Does one step's work on the passage.
   *
   * @return the state after it, whose arrays are written when the passage's work is done
   */
  abstract <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state);

  @Override
  public final <T extends ArrayTree<T>> OptState init(T params) {
    Tree.of("params", params).requireFloating();
    return begin(params);
  }

  @Override
  public final <T extends ArrayTree<T>> UpdateResult<T> update(
      T updates, OptState state, T params) {
    if (state == null) { // the annotations bind only who checks them
      throw new IllegalArgumentException(
          "argument \"state\": expected the state of init or of the step before, got null");
    }
    UpdatePipeline<T> work = UpdatePipeline.ofGradients(updates, params);
    OptState next = pass(work, state);
    return new UpdateResult<>(work.tree(), next);
  }

  /** The step of any transformation, within a passage. */
  static <T extends ArrayTree<T>> OptState pass(
      GradientTransformation transformation, UpdatePipeline<T> work, OptState state) {
    if (transformation instanceof FusableTransformation stage) {
      return stage.pass(work, state);
    }
    UpdateResult<T> updated = transformation.update(work.tree(), state, work.params());
    work.set(updated.updates());
    return updated.state();
  }

  /** The number of steps in a state. */
  static int count(OptState state, String name) {
    Array count = state.array(name);
    if (count.dtype() != DType.INT32 || count.rank() != 0) {
      throw new IllegalArgumentException(
          "optimizer state: \"" + name + "\": expected int32 [], got " + Tree.type(count));
    }
    return (int) count.item();
  }

  /** One more, but never more than the largest. */
  static int increment(int count) {
    return count == Integer.MAX_VALUE ? count : count + 1;
  }

  static Array number(int count) {
    return Array.scalar(count, DType.INT32);
  }
}
