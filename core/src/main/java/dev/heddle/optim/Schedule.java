package dev.heddle.optim;

/**
 * A number for each step, counted from 0, {@code optax.Schedule}. A lambda will do; {@link
 * Schedules} has Optax's.
 */
@FunctionalInterface
public interface Schedule {
  /** The number for a step. */
  double at(int count);
}
