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
 * An executor, a limit on the threads that compute at a time, and the active parallel regions. Each
 * caller runs tasks of its own region; pool threads run tasks of any region, as long as callers and
 * pool threads together do not exceed the limit. With that many callers no pool thread runs, and
 * each caller executes its region alone.
 *
 * <p>If the pool is busy, full or shut down, the callers execute all tasks themselves.
 *
 * <p>There is no counter of active threads: their number is derived from the regions that are not
 * closed and the slots that have a region. A {@link StackOverflowError} or an {@link
 * OutOfMemoryError} can be thrown by any call and any {@code new}; therefore a region is closed and
 * a slot is freed by a field write, which cannot fail.
 */
final class ThreadTeam {
  /**
   * How long a thread polls for the next task before it parks: about the time that waking one
   * takes.
   */
  private static final long SPIN_NANOS = 50_000;

  private static final int POLLS_PER_CLOCK_READ = 16;

  /** Maximum time that a thread parks before it checks again, in case a wake-up was missed. */
  static final long PARK_NANOS = 10_000_000;

  /** The team whose task this thread is running; nested calls then run on this thread alone. */
  private static final ScopedValue<ThreadTeam> CURRENT = ScopedValue.newInstance();

  private final Executor pool;
  private final int threads;
  private final WorkerSlot[] slots;

  /** The number of slots that have been requested at least once; they are the first ones. */
  private final AtomicInteger slotsUsed = new AtomicInteger();

  /**
   * The callers' regions, with free and closed entries between; without a free one a caller runs
   * alone.
   */
  private final AtomicReferenceArray<@Nullable ParallelRegion> regions;

  /** The number of entries of {@link #regions} that have been used at least once. */
  private final AtomicInteger regionsUsed = new AtomicInteger();

  /** Whether waiting threads may spin: only if there are at least as many processors as threads. */
  private final boolean spins;

  /**
   * A team on an executor.
   *
   * @param threads the number of threads that compute at a time, including the caller, 1 or more
   */
  ThreadTeam(Executor pool, int threads) {
    this.pool = pool;
    this.threads = threads;
    this.slots =
        IntStream.range(0, threads - 1)
            .mapToObj(i -> new WorkerSlot(this, i))
            .toArray(WorkerSlot[]::new);
    this.regions = new AtomicReferenceArray<>(threads);
    this.spins = threads <= Runtime.getRuntime().availableProcessors();
  }

  /** The team whose task this thread is running, or null. */
  static @Nullable ThreadTeam current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  int threads() {
    return threads;
  }

  /** Runs the phases in a region that this thread calls. */
  void run(boolean large, Phase... phases) {
    ParallelRegion region = new ParallelRegion(this, large, phases);
    boolean done = false;
    try {
      runAsMember(region);
      done = region.isDone();
    } catch (Throwable e) {
      if (region.failure == null) {
        region.failure = e;
      }
    }
    // Only fields are used until no slot has the region: the stack may have no room for a call.
    region.closed = true;
    for (WorkerSlot slot : slots) {
      while (!done && slot.region == region) {
        try {
          LockSupport.parkNanos(region, PARK_NANOS);
        } catch (Throwable e) {
          continue; // busy waiting instead
        }
      }
    }
    region.throwFailure();
  }

  /** Runs an action as a member of this team: nested calls stay on this thread. */
  void runAsMember(Runnable work) {
    ScopedValue.where(CURRENT, this).run(work);
  }

  /** Makes a region visible to the slots and requests workers, within the limit. */
  void register(ParallelRegion region) {
    for (int i = 0; i < threads; i++) {
      ParallelRegion existing = regions.get(i);
      if (existing == null || existing.closed) {
        if (i >= regionsUsed.get()) {
          regionsUsed.accumulateAndGet(i + 1, Math::max);
        }
        if (regions.compareAndSet(i, existing, region)) {
          requestWorkers(region);
          return;
        }
      }
    }
  }

  /** Removes a region and requests workers for another one, since this caller's place is free. */
  void deregister(ParallelRegion region) {
    region.closed = true;
    for (int i = 0; i < regionsUsed.get(); i++) {
      if (regions.get(i) == region) {
        regions.compareAndSet(i, region, null);
      }
    }
    ParallelRegion another = findRegion();
    if (another != null) {
      requestWorkers(another);
    }
  }

  /** Requests as many workers as a region can use, within the limit. */
  void requestWorkers(ParallelRegion region) {
    if (!region.isLarge()) {
      return; // only threads that are awake help
    }
    int needed = Math.min(threads - busy(), region.tasks() - 1);
    for (int i = 0; i < slotsUsed.get() && needed > 0; i++) {
      if (slots[i].isExpected()) {
        needed--;
      }
    }
    try {
      for (int i = 0; i < slots.length && needed > 0; i++) {
        if (i >= slotsUsed.get()) {
          slotsUsed.accumulateAndGet(i + 1, Math::max);
        }
        if (slots[i].request(pool)) {
          needed--;
        }
      }
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      return; // the pool gives no thread; the caller can do without
    } catch (RuntimeException | Error e) {
      region.fail(e);
    }
  }

  /** The active region with the most unclaimed tasks, or null. */
  @Nullable ParallelRegion findRegion() {
    ParallelRegion best = null;
    int most = 0;
    for (int i = 0; i < regionsUsed.get(); i++) {
      ParallelRegion region = regions.get(i);
      if (region != null && region.tasks() > most) {
        best = region;
        most = region.tasks();
      }
    }
    return best;
  }

  /** As {@link #findRegion}, polling for some microseconds while a slot is within the limit. */
  @Nullable ParallelRegion awaitRegion() {
    spinUntil(() -> findRegion() != null || !hasCapacity());
    return findRegion();
  }

  /**
   * Runs tasks of a region on a slot's thread. Errors of tasks and all others are passed to the
   * region's caller.
   *
   * @return false if the slot exceeded the limit of threads, or failed
   */
  boolean work(ParallelRegion region, WorkerSlot slot) {
    // Written before region.closed is read; the region's caller writes closed before it reads this.
    slot.region = region;
    try {
      while (isWithinCapacity(slot)) {
        if (!region.runTask()) {
          return true;
        }
      }
      return false;
    } catch (Throwable e) {
      if (region.failure == null) {
        region.failure = e;
      }
      region.broken = true;
      region.wakeCaller();
      return false;
    } finally {
      slot.region = null;
    }
  }

  boolean hasCapacity() {
    return busy() < threads;
  }

  /** Whether callers, active slots of lower index and this one are within the limit. */
  private boolean isWithinCapacity(WorkerSlot slot) {
    return callers() + working(slot.index()) < threads;
  }

  private int busy() {
    return callers() + working(slotsUsed.get());
  }

  /** The number of active callers, at most the number of threads. */
  private int callers() {
    int callers = 0;
    for (int i = 0; i < regionsUsed.get(); i++) {
      ParallelRegion region = regions.get(i);
      if (region != null && !region.closed) {
        callers++;
      }
    }
    return callers;
  }

  /** How many of the first {@code first} slots have a region. */
  private int working(int first) {
    int working = 0;
    for (int i = 0; i < first; i++) {
      if (slots[i].region != null) {
        working++;
      }
    }
    return working;
  }

  /** Polls a condition for some microseconds; returns whether it became true. */
  boolean spinUntil(BooleanSupplier condition) {
    long start = System.nanoTime();
    do {
      for (int i = 0; i < POLLS_PER_CLOCK_READ; i++) {
        if (condition.getAsBoolean()) {
          return true;
        }
        Thread.onSpinWait();
      }
    } while (spins && busy() <= threads && System.nanoTime() - start < SPIN_NANOS);
    return false;
  }
}
