package dev.heddle.optim;

/**
 * What a step of a transformation gives.
 *
 * @param updates what is to be added to the parameters, see {@link Optim#applyUpdates}
 * @param state the state for the next step
 * @param <T> the type of the parameters
 */
public record UpdateResult<T>(T updates, OptState state) {}
