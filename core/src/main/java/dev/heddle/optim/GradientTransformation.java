package dev.heddle.optim;

import dev.heddle.array.ArrayTree;

/**
 * Transforms gradients into updates, {@code optax.GradientTransformation}: two pure functions.
 * {@link Optim} creates the built-in ones, and chains them with custom ones.
 */
public interface GradientTransformation {
  /**
   * The state before the first step.
   *
   * @param params the parameters, floating-point arrays
   * @throws IllegalArgumentException if one of them is not floating-point
   */
  <T extends ArrayTree<T>> OptState init(T params);

  /**
   * Computes one step: the updates, to be added to the parameters, and the next state.
   *
   * @param updates the gradients, or the updates of another transformation
   * @param state that of {@link #init} or of the previous step
   * @param params the current parameters
   * @throws IllegalArgumentException if trees, shapes or types do not match
   */
  <T extends ArrayTree<T>> UpdateResult<T> update(T updates, OptState state, T params);
}
