package dev.heddle.kernel;

import java.util.function.IntConsumer;

/**
 * A phase of a parallel call of {@link Workers}: one task for each index from 0 to {@code count},
 * exclusive, in any order.
 *
 * @param count the number of tasks, 0 or more
 * @param task writes only the results of its index; reads what earlier phases wrote
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

  /** Runs the tasks in order on this thread. */
  void runSequentially() {
    for (int i = 0; i < count; i++) {
      task.accept(i);
    }
  }
}
