package dev.heddle.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads over which large work is split. Each task owns its results, so neither the threads
 * nor their number affect any bit of the output.
 *
 * <p>The calling thread always takes part, and waits only for tasks that are already running: a
 * pool that is busy, full or shut down makes a call slower but never blocks it. Any thread may
 * call: virtual threads, threads of a fork-join pool, many at once (they share the pool, whose
 * threads run tasks only as long as they and the callers together do not exceed {@link #threads}).
 * A nested call runs on the thread of the task that makes it. An interrupt does not end a call; the
 * interrupt status is restored.
 *
 * <p>Tasks run on the executor of the scope ({@link #over}) or else on Heddle's own pool: daemon
 * threads, started when first needed, that poll for the next task for some microseconds, then park,
 * and end after an idle minute. The system property {@code heddle.threads} is the number of threads
 * that work at a time, including the caller; the default is the number of processors.
 */
public final class Workers {
  /** The system property that limits the number of threads. */
  public static final String PROPERTY = "heddle.threads";

  /** Multiply-adds below which passing work to another thread costs more than it saves. */
  private static final long SMALL = 1 << 20;

  /** Multiply-adds from which waking a parked thread, some 20 microseconds, pays. */
  private static final long LARGE = 4 << 20;

  private static final ScopedValue<Workers> SCOPE = ScopedValue.newInstance();

  private final ThreadTeam team;

  private Workers(Executor pool, int threads) {
    this.team = new ThreadTeam(pool, threads);
  }

  /**
   * Workers on the threads of an executor, for use within {@link #call}. The executor is never shut
   * down here.
   *
   * @param pool any executor; at most {@code threads - 1} of its threads work at a time
   * @param threads the number of threads that work at a time, including the caller
   * @throws IllegalArgumentException if {@code threads} is not a number from 1 to 32767
   */
  public static Workers over(Executor pool, int threads) {
    return new Workers(pool, check(threads, Integer.toString(threads)));
  }

  /**
   * Runs an operation whose parallel work uses these workers: in this thread, and in those that
   * inherit its scoped values.
   */
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<? extends R, X> operation) throws X {
    return ScopedValue.where(SCOPE, this).call(operation);
  }

  /**
   * The number of threads that work at a time, including the caller.
   *
   * @throws IllegalArgumentException if the property is not a number of 1 or more
   */
  public static int threads() {
    return team().threads();
  }

  /**
   * Parses a number of threads.
   *
   * @throws IllegalArgumentException if it is not a number from 1 to 32767
   */
  public static int parse(String text) {
    try {
      return check(Integer.parseInt(text), '"' + text + '"');
    } catch (NumberFormatException e) {
      return check(0, '"' + text + '"');
    }
  }

  /**
   * Runs a task for each index from 0 to {@code count}, exclusive, in any order and on several
   * threads, and returns when all are completed. An exception of a task is thrown here, once no
   * task is running; tasks not started by then are skipped, and exceptions of other tasks are
   * suppressed in the first.
   *
   * @param count the number of tasks
   * @param cost approximate cost of all of them together, in multiply-adds
   * @param task writes only the results of its index
   */
  public static void run(int count, long cost, IntConsumer task) {
    if (count < 2 || runsSequentially(cost)) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
    } else {
      team().run(cost >= LARGE, new Phase(count, task));
    }
  }

  /**
   * Runs phases in sequence as one call: all tasks of a phase are completed, and their writes are
   * visible, before any task of the next phase starts. Other threads are requested once for all
   * phases.
   *
   * @param cost approximate cost of all of them together, in multiply-adds
   */
  public static void run(long cost, Phase... phases) {
    if (runsSequentially(cost)) {
      for (Phase phase : phases) {
        phase.runSequentially();
      }
    } else {
      team().run(cost >= LARGE, phases);
    }
  }

  private static boolean runsSequentially(long cost) {
    return cost < SMALL || ThreadTeam.current() != null || team().threads() == 1;
  }

  private static ThreadTeam team() {
    ThreadTeam current = ThreadTeam.current();
    if (current != null) {
      return current;
    }
    return SCOPE.isBound() ? SCOPE.get().team : Own.team();
  }

  private static int check(int threads, String text) {
    if (threads >= 1 && threads <= Short.MAX_VALUE) {
      return threads;
    }
    throw new IllegalArgumentException(
        "threads: expected a number from 1 to " + Short.MAX_VALUE + ", got " + text);
  }

  /** Heddle's own pool, created when first needed. */
  private static final class Own {
    static final String REQUESTED =
        System.getProperty(PROPERTY, Integer.toString(Runtime.getRuntime().availableProcessors()));
    static final @Nullable ThreadTeam TEAM = create();

    static ThreadTeam team() {
      return TEAM != null ? TEAM : new ThreadTeam(Runnable::run, parse(REQUESTED)); // throws
    }

    /**
     * Null if the property is invalid: an exception here would be an ExceptionInInitializerError.
     */
    private static @Nullable ThreadTeam create() {
      try {
        int threads = parse(REQUESTED);
        return new ThreadTeam(pool(Math.max(1, threads - 1)), threads);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    private static Executor pool(int threads) {
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(
              threads,
              threads,
              1,
              TimeUnit.MINUTES,
              new LinkedBlockingQueue<>(),
              Thread.ofPlatform()
                  .daemon()
                  .name("heddle-", 1)
                  .inheritInheritableThreadLocals(false) // and no context class loader
                  .uncaughtExceptionHandler(
                      (thread, error) -> {}) // the caller throws those of tasks
                  .factory());
      pool.allowCoreThreadTimeOut(true);
      return pool;
    }
  }
}
