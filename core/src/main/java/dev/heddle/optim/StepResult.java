package dev.heddle.optim;

/**
 * What {@link Optim#applyGradients} gives.
 *
 * @param params the parameters after the step
 * @param state the state for the next one
 * @param <T> the type of the parameters
 */
public record StepResult<T>(T params, OptState state) {}
