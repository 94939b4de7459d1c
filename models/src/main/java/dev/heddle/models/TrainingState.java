package dev.heddle.models;

import dev.heddle.linen.Variables;
import dev.heddle.optim.OptState;

/**
 * The state of a training, as in {@code flax.training.train_state.TrainState}.
 *
 * @param step the number of completed steps
 * @param params the parameters after them
 * @param optState the optimizer's state after them
 */
public record TrainingState(int step, Variables params, OptState optState) {}
