package dev.heddle.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * The threads that large work is split over. Work is split into parts that each own their results,
 * so the number of threads changes no bit. The system property {@code heddle.threads} limits them;
 * by default there are as many as processors.
 */
public final class Workers {
  /** The system property that limits the number of threads. */
  public static final String PROPERTY = "heddle.threads";

  /** Multiply-adds below which handing work to another thread costs more than it saves. */
  private static final long SMALL = 1 << 20;

  private Workers() {}

  /**
   * The number of threads that work at a time, the caller among them.
   *
   * @throws IllegalArgumentException if the property is not a number of 1 or more
   */
  public static int threads() {
    return Pool.THREADS > 0 ? Pool.THREADS : parse(Pool.WISH); // for its exception
  }

  /**
   * The number of threads a text asks for.
   *
   * @throws IllegalArgumentException if it is not a number from 1 to 32767
   */
  public static int parse(String text) {
    try {
      int threads = Integer.parseInt(text);
      if (threads >= 1 && threads <= Short.MAX_VALUE) {
        return threads;
      }
    } catch (NumberFormatException e) {
      // answered below, as a number out of range is
    }
    throw new IllegalArgumentException(
        "threads: expected a number from 1 to " + Short.MAX_VALUE + ", got \"" + text + "\"");
  }

  /**
   * Runs a task for each number from 0 to {@code count}, exclusive, in any order and on several
   * threads, and returns when all are done. What a task throws is thrown here.
   *
   * @param count how many parts there are
   * @param cost multiply-adds in all of them together, roughly
   * @param task writes only what its part owns
   */
  public static void run(int count, long cost, IntConsumer task) {
    if (count < 2 || cost < SMALL || threads() == 1 || ForkJoinTask.inForkJoinPool()) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            task.accept(i);
          }
        };
    List<ForkJoinTask<?>> helpers = new ArrayList<>();
    for (int i = 1; i < Math.min(threads(), count); i++) {
      helpers.add(Pool.POOL.submit(share));
    }
    try {
      share.run();
    } finally {
      helpers.forEach(ForkJoinTask::quietlyJoin);
    }
    helpers.forEach(ForkJoinTask::join);
  }

  private static final class Pool {
    static final String WISH =
        System.getProperty(PROPERTY, Integer.toString(Runtime.getRuntime().availableProcessors()));
    static final int THREADS = threads();
    static final ForkJoinPool POOL = new ForkJoinPool(Math.max(1, THREADS - 1));

    /** 0 where the wish is wrong: an exception here would hide that behind another. */
    private static int threads() {
      try {
        return parse(WISH);
      } catch (IllegalArgumentException e) {
        return 0;
      }
    }
  }
}
