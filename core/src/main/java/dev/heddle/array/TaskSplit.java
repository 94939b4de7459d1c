package dev.heddle.array;

import dev.heddle.kernel.Phase;
import dev.heddle.kernel.Workers;

/**
 * A length, of rows or columns, split among tasks for each of several units, such as heads.
 *
 * @param units the number of units, none of which shares a task with another
 * @param length the length of each unit
 * @param share the length of a task; the last one of a unit may be shorter
 */
record TaskSplit(int units, int length, int share) {
  /** Tasks for each thread, for load balance. */
  private static final int TASKS_PER_THREAD = 4;

  /** The block size of attention's kernels, and a multiple of every packed layout's step. */
  private static final int BLOCK = 64;

  /** Rows of a register tile. */
  private static final int TILE = 6;

  /** The minimum of a product's rows of a task. */
  private static final int MIN_ROWS = 48;

  /** A task: a part of a unit. */
  interface Part {
    void run(int unit, int from, int to);
  }

  /** Rows of attention or columns of a product: whole blocks. */
  static TaskSplit ofBlocks(int units, int length) {
    return new TaskSplit(units, length, share(length, perUnit(units), BLOCK));
  }

  /** Rows of a product: whole register tiles. */
  static TaskSplit ofRows(int units, int length) {
    return ofRows(units, length, perUnit(units));
  }

  static TaskSplit ofRows(int units, int length, int tasks) {
    return new TaskSplit(units, length, Math.max(MIN_ROWS, share(length, tasks, TILE)));
  }

  /** The number of tasks that keeps all threads busy. */
  static int targetTasks() {
    return TASKS_PER_THREAD * Workers.threads();
  }

  /** The number of tasks of each unit that keeps all threads busy. */
  static int perUnit(int units) {
    return Math.ceilDiv(targetTasks(), Math.max(1, units));
  }

  private static int share(int length, int tasks, int step) {
    return Math.max(1, Math.ceilDiv(Math.ceilDiv(length, tasks), step)) * step;
  }

  /** The number of tasks of a unit. */
  int parts() {
    return Math.ceilDiv(length, share);
  }

  /** The number of tasks. */
  int tasks() {
    return units * parts();
  }

  /** All tasks. */
  Phase phase(Part part) {
    int parts = parts();
    return new Phase(
        tasks(),
        task -> {
          int from = task % parts * share;
          part.run(task / parts, from, Math.min(length, from + share));
        });
  }

  /**
   * Runs all tasks; for the cost see {@link Workers#run(int, long,
   * java.util.function.IntConsumer)}.
   */
  void run(long cost, Part part) {
    Phase phase = phase(part);
    Workers.run(phase.count(), cost, phase.task());
  }
}
