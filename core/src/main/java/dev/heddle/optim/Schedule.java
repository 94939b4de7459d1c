package dev.heddle.optim;

/** A value for each step, counted from 0, {@code optax.Schedule}. {@link Schedules} has Optax's. */
@FunctionalInterface
public interface Schedule {
  /** The value for a step. */
  double at(int count);
}
