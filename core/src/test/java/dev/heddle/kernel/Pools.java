package dev.heddle.kernel;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** Pools for tests. */
final class Pools {
  /** How the threads of these pools are called. */
  static final String NAME = "given-";

  private Pools() {}

  /** Does something on workers of so many threads, whatever the machine has. */
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
