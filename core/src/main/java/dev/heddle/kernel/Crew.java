package dev.heddle.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
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
 *
 * <p>How many threads compute is never counted up and down: it is the number of jobs that are not
 * over and of hands that have a job. A {@link StackOverflowError} or an {@link OutOfMemoryError}
 * may come with any call and any {@code new}; what ends a job or frees a hand is therefore a write
 * to a field, which neither can stop.
 */
final class Crew {
  /** How long a thread looks for the next task before it sleeps: about what waking one takes. */
  private static final long SPIN_NANOS = 50_000;

  private static final int LOOKS_A_CLOCK = 16;

  /** How long a thread sleeps at most before it looks again, should nobody have woken it. */
  static final long NAP_NANOS = 10_000_000;

  /** The crew that this thread works for; then what it calls runs on this thread alone. */
  private static final ScopedValue<Crew> AT_WORK = ScopedValue.newInstance();

  private final Executor pool;
  private final int threads;
  private final Hand[] hands;

  /** The hands that were ever asked for are the first of so many. */
  private final AtomicInteger handsUsed = new AtomicInteger();

  /** The callers' jobs, among gaps and jobs that are over; who finds no gap works alone. */
  private final AtomicReferenceArray<@Nullable Job> open;

  /** The jobs are in the first of so many places. */
  private final AtomicInteger placesUsed = new AtomicInteger();

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
    this.hands =
        IntStream.range(0, threads - 1).mapToObj(i -> new Hand(this, i)).toArray(Hand[]::new);
    this.open = new AtomicReferenceArray<>(threads);
    this.spins = threads <= Runtime.getRuntime().availableProcessors();
  }

  /** The crew that this thread works for, or null. */
  static @Nullable Crew atWork() {
    return AT_WORK.isBound() ? AT_WORK.get() : null;
  }

  int threads() {
    return threads;
  }

  /** Runs the phases, led by this thread. */
  void run(boolean large, Phase... phases) {
    Job job = new Job(this, large, phases);
    boolean done = false;
    try {
      asMember(job);
      done = job.isDone();
    } catch (Throwable e) {
      if (job.failure == null) {
        job.failure = e;
      }
    }
    // Until no hand has the job, only fields are used: there may be no stack left for a call.
    job.over = true;
    for (Hand hand : hands) {
      while (!done && hand.job == job) {
        try {
          LockSupport.parkNanos(job, NAP_NANOS);
        } catch (Throwable e) {
          continue; // then without sleeping
        }
      }
    }
    job.throwFailure();
  }

  /** Does something as a member of this crew: what it calls stays on this thread. */
  void asMember(Runnable work) {
    ScopedValue.where(AT_WORK, this).run(work);
  }

  /** Opens a job to the hands and asks for some, if there is room. */
  void enter(Job job) {
    for (int i = 0; i < threads; i++) {
      Job seen = open.get(i);
      if (seen == null || seen.over) {
        if (i >= placesUsed.get()) {
          placesUsed.accumulateAndGet(i + 1, Math::max);
        }
        if (open.compareAndSet(i, seen, job)) {
          callFor(job);
          return;
        }
      }
    }
  }

  /** Makes room for hands that help others. */
  void leave(Job job) {
    job.over = true;
    for (int i = 0; i < placesUsed.get(); i++) {
      if (open.get(i) == job) {
        open.compareAndSet(i, job, null);
      }
    }
    Job another = findJob();
    if (another != null) {
      callFor(another);
    }
  }

  /** Asks for as many hands as a job can use and as there is room for. */
  void callFor(Job job) {
    if (!job.isLarge()) {
      return; // who is awake sees it
    }
    int wanted = Math.min(threads - busy(), job.tasks() - 1);
    for (int i = 0; i < handsUsed.get() && wanted > 0; i++) {
      if (hands[i].isComing()) {
        wanted--;
      }
    }
    try {
      for (int i = 0; i < hands.length && wanted > 0; i++) {
        if (i >= handsUsed.get()) {
          handsUsed.accumulateAndGet(i + 1, Math::max);
        }
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
    for (int i = 0; i < placesUsed.get(); i++) {
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
   * Works on a job as a hand. What a task throws is the caller's, and so is any other error here.
   *
   * @return false if it left to make room, or failed
   */
  boolean work(Job job, Hand hand) {
    hand.job = job; // and then looks whether the job is over, while its leader does both vice versa
    try {
      while (isWithinRoom(hand)) {
        if (!job.runTask()) {
          return true;
        }
      }
      return false;
    } catch (Throwable e) {
      if (job.failure == null) {
        job.failure = e;
      }
      job.broken = true;
      job.wakeLeader();
      return false;
    } finally {
      hand.job = null;
    }
  }

  boolean hasRoom() {
    return busy() < threads;
  }

  /** Whether callers, the hands at work before this one, and this one are not too many. */
  private boolean isWithinRoom(Hand hand) {
    return callers() + working(hand.number()) < threads;
  }

  private int busy() {
    return callers() + working(handsUsed.get());
  }

  /** Callers that are at work; as many as threads if they are more. */
  private int callers() {
    int callers = 0;
    for (int i = 0; i < placesUsed.get(); i++) {
      Job job = open.get(i);
      if (job != null && !job.over) {
        callers++;
      }
    }
    return callers;
  }

  /** How many of the first hands have a job. */
  private int working(int first) {
    int working = 0;
    for (int i = 0; i < first; i++) {
      if (hands[i].job != null) {
        working++;
      }
    }
    return working;
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
    } while (spins && busy() <= threads && System.nanoTime() - start < SPIN_NANOS);
    return false;
  }
}
