package dev.heddle.optim;

import dev.heddle.array.ArrayTree;

/**
 * From gradients to updates, {@code optax.GradientTransformation}: two pure functions. {@link
 * Optim} makes those that there are, and chains them with one's own.
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
   * One step: what is to be added to the parameters, and the state for the next one.
   *
   * @param updates the gradients, or what another transformation made of them
   * @param state that of {@link #init} or of the step before
   * @param params the parameters as they are
   * @throws IllegalArgumentException if the trees, shapes or types do not belong together
   */
  <T extends ArrayTree<T>> UpdateResult<T> update(T updates, OptState state, T params);
}
