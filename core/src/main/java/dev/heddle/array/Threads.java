package dev.heddle.array;

import dev.heddle.kernel.Workers;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A thread pool of the caller for parallel work, in place of Heddle's own.
 *
 * <pre>{@code
 * Threads threads = Threads.of(pool, 4); // create once, for instance in a constant
 * Array y = threads.call(() -> attention.apply(variables, x));
 * }</pre>
 *
 * <p>At most {@code threads - 1} threads of the pool work at a time, whatever the number of calls:
 * the calling thread always takes part, and concurrent calls share the pool. Pool threads take part
 * only while they and the calling threads are at most {@code threads} together; so {@code threads}
 * concurrent calls each run on their own thread. A pool that is busy, full, or shut down makes
 * calls slower but never blocks them, even if the calling thread belongs to it. Small operations do
 * not use the pool. Results do not depend on the threads, in any bit.
 *
 * <p>Without such a pool, the system property {@code heddle.threads} sets the number of threads;
 * its default is the number of processors. Immutable and thread-safe.
 */
public final class Threads {
  private final Workers workers;

  private Threads(Workers workers) {
    this.workers = workers;
  }

  /**
   * The threads of a pool. Create one instance per pool: two instances of the same pool do not
   * coordinate and together use twice as many threads.
   *
   * @param pool an {@code ExecutorService}, a {@code ForkJoinPool}, or any executor; it is never
   *     shut down here
   * @param threads the number of threads that work at a time, including the caller; with 1 the pool
   *     is not used
   * @throws IllegalArgumentException if {@code threads} is not a number from 1 to 32767
   */
  public static Threads of(Executor pool, int threads) {
    return new Threads(Workers.over(pool, threads));
  }

  /**
   * The number of threads, including the caller, for a call from this thread.
   *
   * @throws IllegalArgumentException if the system property applies and is not a number from 1 to
   *     32767
   */
  public static int count() {
    return Workers.threads();
  }

  /**
   * Runs an operation whose parallel work uses these threads. The setting applies to the calling
   * thread and to subtasks of its structured task scopes, not to other threads that the operation
   * uses.
   *
   * @return what the operation returns
   * @throws X what the operation throws
   */
  public <R extends @Nullable Object, X extends Throwable> R call(
      ScopedValue.CallableOp<R, X> operation) throws X {
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
