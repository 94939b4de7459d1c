package dev.heddle.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A pool and the number of threads that compute at a time, with the jobs that are open. Callers
 * work on their own jobs; the pool's threads help where a task is to be had, as long as callers and
 * they together are not more than that number. So with as many callers no thread of the pool works,
 * and each caller does its own job alone.
 *
 * <p>A pool that is busy, full or shut down gives no threads; then its callers do all themselves.
 */
final class Crew {
  /** How long a thread looks for the next task before it sleeps: about what waking one takes. */
  private static final long SPIN_NANOS = 50_000;

  private static final int LOOKS_A_CLOCK = 16;

  /** Jobs that hands look at; what is beyond is done by its leader alone. */
  private static final int MOST_OPEN = 64;

  /** The crew that this thread works for; then what it calls runs on this thread alone. */
  private static final ThreadLocal<@Nullable Crew> AT_WORK = new ThreadLocal<>();

  private final Executor pool;
  private final int threads;
  private final Hand[] hands;

  /** Jobs that a hand may join, and gaps: more jobs than threads would find no hand. */
  private final AtomicReferenceArray<@Nullable Job> open;

  /** Callers with a job, and hands with a task. */
  private final AtomicInteger busy = new AtomicInteger();

  /** Whether waiting threads may spin: not where they would take processors from those at work. */
  private final boolean spins;

  /**
   * A crew over a pool.
   *
   * @param threads how many threads compute at a time, the caller among them, 1 or more
   */
  Crew(Executor pool, int threads) {
    this.pool = pool;
    this.threads = threads;
    this.hands = IntStream.range(1, threads).mapToObj(i -> new Hand(this)).toArray(Hand[]::new);
    this.open = new AtomicReferenceArray<>(Math.min(threads, MOST_OPEN));
    this.spins = threads <= Runtime.getRuntime().availableProcessors();
  }

  /** The crew that this thread works for, or null. */
  static @Nullable Crew atWork() {
    return AT_WORK.get();
  }

  int threads() {
    return threads;
  }

  /** Runs the phases, led by this thread. */
  void run(boolean large, Phase... phases) {
    Job job = new Job(this, large, phases);
    int place = busy.incrementAndGet() <= threads ? publish(job) : -1;
    markAtWork();
    try {
      if (place >= 0) {
        callFor(job);
      }
      job.lead();
    } finally {
      unmark();
      if (place >= 0) {
        open.set(place, null);
      }
      busy.decrementAndGet();
      Job another = findJob();
      if (another != null) {
        callFor(another);
      }
    }
  }

  /** Asks for as many hands as a job can use and as there is room for. */
  void callFor(Job job) {
    if (!job.isLarge()) {
      return; // who is awake sees it
    }
    int wanted = Math.min(threads - busy.get(), job.tasks() - 1);
    for (int i = 0; i < hands.length && wanted > 0; i++) {
      if (hands[i].isComing()) {
        wanted--;
      }
    }
    try {
      for (int i = 0; i < hands.length && wanted > 0; i++) {
        if (hands[i].ask(pool)) {
          wanted--;
        }
      }
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      return; // no thread to be had: the leader needs none
    } catch (RuntimeException | Error e) {
      job.fail(e);
    }
  }

  /** The open job with the most tasks to be taken, or null. */
  @Nullable Job findJob() {
    Job best = null;
    int most = 0;
    for (int i = 0; i < open.length(); i++) {
      Job job = open.get(i);
      if (job != null && job.tasks() > most) {
        best = job;
        most = job.tasks();
      }
    }
    return best;
  }

  /** As {@link #findJob}, waiting for one for some microseconds, if there is room for a hand. */
  @Nullable Job awaitJob() {
    spinUntil(() -> findJob() != null || !hasRoom());
    return findJob();
  }

  /**
   * Works on a job as a hand.
   *
   * @return false if it left to make room
   */
  boolean work(Job job) {
    busy.incrementAndGet();
    while (!makesRoom()) {
      if (!job.runTask()) {
        busy.decrementAndGet();
        return true;
      }
    }
    return false;
  }

  boolean hasRoom() {
    return busy.get() < threads;
  }

  private boolean makesRoom() {
    int seen = busy.get();
    return seen > threads && busy.compareAndSet(seen, seen - 1);
  }

  /** Whether the condition came true within some microseconds. */
  boolean spinUntil(BooleanSupplier condition) {
    long start = System.nanoTime();
    do {
      for (int i = 0; i < LOOKS_A_CLOCK; i++) {
        if (condition.getAsBoolean()) {
          return true;
        }
        Thread.onSpinWait();
      }
    } while (spins && busy.get() <= threads && System.nanoTime() - start < SPIN_NANOS);
    return false;
  }

  void markAtWork() {
    AT_WORK.set(this);
  }

  void unmark() {
    AT_WORK.remove();
  }

  private int publish(Job job) {
    for (int i = 0; i < open.length(); i++) {
      if (open.get(i) == null && open.compareAndSet(i, null, job)) {
        return i;
      }
    }
    return -1;
  }
}
