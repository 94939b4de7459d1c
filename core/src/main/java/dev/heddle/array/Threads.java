package dev.heddle.array;

import dev.heddle.kernel.Workers;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Threads of the caller's own for the work within a call, in place of those that Heddle starts.
 *
 * <pre>{@code
 * Threads threads = Threads.of(pool, 4); // once, for instance in a constant
 * Array y = threads.call(() -> attention.apply(variables, x));
 * }</pre>
 *
 * <p>At most {@code threads - 1} threads of the pool work at a time, whatever the number of calls:
 * the thread that calls always takes part, and calls at once share the pool. It helps only as long
 * as its threads and those that call are not more than {@code threads} together; so with as many
 * calls at once each runs on its own thread. A pool that is busy, full, or shut down makes calls
 * slower and never stops them, even where it is the pool that the caller's own thread belongs to.
 * Small work is not handed over at all. No bit of a result depends on any of this.
 *
 * <p>The system property {@code heddle.threads} says how many threads work at a time where nothing
 * is given; by default as many as there are processors. Immutable, and safe to share.
 */
public final class Threads {
  private final Workers workers;

  private Threads(Workers workers) {
    this.workers = workers;
  }

  /**
   * The threads of a pool. Make it once and keep it: two of the same pool do not know of each other
   * and together use twice as many.
   *
   * @param pool an {@code ExecutorService}, a {@code ForkJoinPool}, or any executor; never shut
   *     down here
   * @param threads how many threads work at a time, the caller among them; with 1 the pool is not
   *     used
   * @throws IllegalArgumentException if {@code threads} is not a number from 1 to 32767
   */
  public static Threads of(Executor pool, int threads) {
    return new Threads(Workers.over(pool, threads));
  }

  /**
   * How many threads work at a time, the caller among them, in a call from here.
   *
   * @throws IllegalArgumentException if nothing is given and the system property is not a number
   *     from 1 to 32767
   */
  public static int count() {
    return Workers.threads();
  }

  /**
   * Does an operation, and the work within it on these threads. That holds for this thread (and for
   * subtasks of its structured task scopes), not for others that the operation hands work to.
   *
   * @return what the operation returns
   * @throws X what the operation throws
   */
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<? extends R, X> operation) throws X {
    return workers.call(operation);
  }

  /** As {@link #call}, for an operation without a result. */
  public void run(Runnable operation) {
    workers.<@Nullable Void, RuntimeException>call(() -> {
      operation.run();
      return null;
    });
  }
}
