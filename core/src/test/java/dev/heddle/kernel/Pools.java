package dev.heddle.kernel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** Pools for tests. */
final class Pools {
  /** The prefix of the names of these pools' threads. */
  static final String NAME = "given-";

  private Pools() {}

  /** Runs an action on workers with a number of threads independent of the machine. */
  static void with(int threads, Runnable work) {
    try (ExecutorService pool = fixed(threads - 1)) {
      within(Workers.over(pool, threads), work);
    }
  }

  static void within(Workers workers, Runnable work) {
    workers.<Object, RuntimeException>call(() -> {
      work.run();
      return "done";
    });
  }

  static ExecutorService fixed(int threads) {
    return Executors.newFixedThreadPool(threads, threads());
  }

  static ThreadFactory threads() {
    return Thread.ofPlatform().daemon().name(NAME, 1).factory();
  }
}
