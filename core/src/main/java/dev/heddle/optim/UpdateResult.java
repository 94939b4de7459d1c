package dev.heddle.optim;

/**
 * The result of {@link GradientTransformation#update}.
 *
 * @param updates the updates, to be added to the parameters; see {@link Optim#applyUpdates}
 * @param state the state for the next step
 * @param <T> the type of the parameters
 */
public record UpdateResult<T>(T updates, OptState state) {}
