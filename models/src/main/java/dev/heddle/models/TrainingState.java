package dev.heddle.models;

import dev.heddle.linen.Variables;
import dev.heddle.optim.OptState;

/**
 * How far a training is, as in {@code flax.training.train_state.TrainState}.
 *
 * @param step how many steps were made
 * @param params the parameters after them
 * @param optState the optimizer's state after them
 */
public record TrainingState(int step, Variables params, OptState optState) {}
