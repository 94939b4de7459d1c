package dev.heddle.kernel;

import java.util.function.IntConsumer;

/**
 * A part of a call that {@link Workers} splits over threads: one task for each number from 0 to
 * {@code count}, exclusive, in any order.
 *
 * @param count how many tasks there are, 0 or more
 * @param task writes only what the task of its number owns; reads what earlier phases wrote
 */
public record Phase(int count, IntConsumer task) {
  /**
   * Checks the count.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Phase {
    if (count < 0) {
      throw new IllegalArgumentException("phase: expected a count of 0 or more, got " + count);
    }
  }

  /** Runs the tasks one after another on this thread. */
  void runHere() {
    for (int i = 0; i < count; i++) {
      task.accept(i);
    }
  }
}
