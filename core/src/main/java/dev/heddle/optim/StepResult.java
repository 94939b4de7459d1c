package dev.heddle.optim;

/**
 * The result of {@link Optim#applyGradients}.
 *
 * @param params the parameters after the step
 * @param state the state for the next step
 * @param <T> the type of the parameters
 */
public record StepResult<T>(T params, OptState state) {}
