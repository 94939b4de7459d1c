package dev.heddle.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads that large work is split over. Work is split into tasks that each own their results,
 * so neither the threads nor their number change a bit.
 *
 * <p>The thread that calls always takes part, and waits for no other but for tasks that already
 * run: a pool that is busy, full or shut down makes a call slower and never stops it. Any thread
 * may call: a virtual one, one of a fork-join pool, many at once (they share the pool, whose
 * threads help only as long as they and the callers are not more than {@link #threads} together). A
 * task that calls again does that work itself. An interrupt does not end a call and is not lost.
 *
 * <p>Work goes to the pool of the scope ({@link #over}) or else to one of Heddle's own: daemon
 * threads, started when first needed, that look for the next task for some microseconds, then
 * sleep, and end after a minute. The system property {@code heddle.threads} says how many threads
 * work at a time, the caller among them; by default as many as there are processors.
 */
public final class Workers {
  /** The system property that limits the number of threads. */
  public static final String PROPERTY = "heddle.threads";

  /** Multiply-adds below which handing work to another thread costs more than it saves. */
  private static final long SMALL = 1 << 20;

  /** Multiply-adds from which waking a thread that sleeps, some 20 microseconds, pays. */
  private static final long LARGE = 4 << 20;

  private static final ScopedValue<Workers> SCOPE = ScopedValue.newInstance();

  private final ThreadTeam team;

  private Workers(Executor pool, int threads) {
    this.team = new ThreadTeam(pool, threads);
  }

  /**
   * Workers on the threads of a pool, for use within {@link #call}. The pool stays the caller's: it
   * is never shut down here.
   *
   * @param pool any executor; at most {@code threads - 1} of its threads work at a time
   * @param threads how many threads work at a time, the caller among them
   * @throws IllegalArgumentException if {@code threads} is not a number from 1 to 32767
   */
  public static Workers over(Executor pool, int threads) {
    return new Workers(pool, check(threads, Integer.toString(threads)));
  }

  /**
   * Does an operation, and the work within it on these workers: in this thread, and in those that
   * inherit its scoped values.
   */
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<? extends R, X> operation) throws X {
    return ScopedValue.where(SCOPE, this).call(operation);
  }

  /**
   * The number of threads that work at a time, the caller among them.
   *
   * @throws IllegalArgumentException if the property is not a number of 1 or more
   */
  public static int threads() {
    return team().threads();
  }

  /**
   * The number of threads a text asks for.
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
   * Runs a task for each number from 0 to {@code count}, exclusive, in any order and on several
   * threads, and returns when all are done. What a task throws is thrown here, once no task runs
   * any more; those not begun by then are left out, and what others throw meanwhile is suppressed
   * in it.
   *
   * @param count how many parts there are
   * @param cost multiply-adds in all of them together, roughly
   * @param task writes only what its part owns
   */
  public static void run(int count, long cost, IntConsumer task) {
    if (count < 2 || staysHere(cost)) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
    } else {
      team().run(cost >= LARGE, new Phase(count, task));
    }
  }

  /**
   * Runs phases one after another as one call: all tasks of a phase are done, and what they wrote
   * is seen, before any of the next begins. Other threads are called once for all of them.
   *
   * @param cost multiply-adds in all of them together, roughly
   */
  public static void run(long cost, Phase... phases) {
    if (staysHere(cost)) {
      for (Phase phase : phases) {
        phase.runHere();
      }
    } else {
      team().run(cost >= LARGE, phases);
    }
  }

  private static boolean staysHere(long cost) {
    return cost < SMALL || ThreadTeam.atWork() != null || team().threads() == 1;
  }

  private static ThreadTeam team() {
    ThreadTeam atWork = ThreadTeam.atWork();
    if (atWork != null) {
      return atWork;
    }
    return SCOPE.isBound() ? SCOPE.get().team : Own.team();
  }

  private static int check(int threads, String given) {
    if (threads >= 1 && threads <= Short.MAX_VALUE) {
      return threads;
    }
    throw new IllegalArgumentException(
        "threads: expected a number from 1 to " + Short.MAX_VALUE + ", got " + given);
  }

  /** The threads of this JVM, looked at when they are first needed. */
  private static final class Own {
    static final String WISH =
        System.getProperty(PROPERTY, Integer.toString(Runtime.getRuntime().availableProcessors()));
    static final @Nullable ThreadTeam CREW = create();

    static ThreadTeam team() {
      return CREW != null ? CREW : new ThreadTeam(Runnable::run, parse(WISH)); // for its exception
    }

    /** Null where the wish is wrong: an exception here would hide that behind another. */
    private static @Nullable ThreadTeam create() {
      try {
        int threads = parse(WISH);
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
                  .inheritInheritableThreadLocals(false) // nor the context class loader
                  .uncaughtExceptionHandler((thread, error) -> {}) // a task's is its caller's
                  .factory());
      pool.allowCoreThreadTimeOut(true);
      return pool;
    }
  }
}
