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
 * A pool and the number of threads that compute at a time, with the regions that are open. Callers
 * work on their own regions; the pool's threads help where a task is to be had, as long as callers
 * and they together are not more than that number. So with as many callers no thread of the pool
 * works, and each caller does its own region alone.
 *
 * <p>A pool that is busy, full or shut down gives no threads; then its callers do all themselves.
 *
 * <p>How many threads compute is never counted up and down: it is the number of regions that are
 * not over and of slots that have a region. A {@link StackOverflowError} or an {@link
 * OutOfMemoryError} may come with any call and any {@code new}; what ends a region or frees a slot
 * is therefore a write to a field, which neither can stop.
 */
final class ThreadTeam {
  /** How long a thread looks for the next task before it sleeps: about what waking one takes. */
  private static final long SPIN_NANOS = 50_000;

  private static final int LOOKS_A_CLOCK = 16;

  /** How long a thread sleeps at most before it looks again, should nobody have woken it. */
  static final long NAP_NANOS = 10_000_000;

  /** The team that this thread works for; then what it calls runs on this thread alone. */
  private static final ScopedValue<ThreadTeam> AT_WORK = ScopedValue.newInstance();

  private final Executor pool;
  private final int threads;
  private final WorkerSlot[] slots;

  /** The slots that were ever asked for are the first of so many. */
  private final AtomicInteger slotsUsed = new AtomicInteger();

  /** The callers' regions, among gaps and regions that are over; who finds no gap works alone. */
  private final AtomicReferenceArray<@Nullable ParallelRegion> open;

  /** The regions are in the first of so many places. */
  private final AtomicInteger placesUsed = new AtomicInteger();

  /** Whether waiting threads may spin: not where they would take processors from those at work. */
  private final boolean spins;

  /**
   * A team over a pool.
   *
   * @param threads how many threads compute at a time, the caller among them, 1 or more
   */
  ThreadTeam(Executor pool, int threads) {
    this.pool = pool;
    this.threads = threads;
    this.slots =
        IntStream.range(0, threads - 1)
            .mapToObj(i -> new WorkerSlot(this, i))
            .toArray(WorkerSlot[]::new);
    this.open = new AtomicReferenceArray<>(threads);
    this.spins = threads <= Runtime.getRuntime().availableProcessors();
  }

  /** The team that this thread works for, or null. */
  static @Nullable ThreadTeam atWork() {
    return AT_WORK.isBound() ? AT_WORK.get() : null;
  }

  int threads() {
    return threads;
  }

  /** Runs the phases, led by this thread. */
  void run(boolean large, Phase... phases) {
    ParallelRegion region = new ParallelRegion(this, large, phases);
    boolean done = false;
    try {
      asMember(region);
      done = region.isDone();
    } catch (Throwable e) {
      if (region.failure == null) {
        region.failure = e;
      }
    }
    // Until no slot has the region, only fields are used: there may be no stack left for a call.
    region.over = true;
    for (WorkerSlot slot : slots) {
      while (!done && slot.region == region) {
        try {
          LockSupport.parkNanos(region, NAP_NANOS);
        } catch (Throwable e) {
          continue; // then without sleeping
        }
      }
    }
    region.throwFailure();
  }

  /** Does something as a member of this team: what it calls stays on this thread. */
  void asMember(Runnable work) {
    ScopedValue.where(AT_WORK, this).run(work);
  }

  /** Opens a region to the slots and asks for some, if there is room. */
  void enter(ParallelRegion region) {
    for (int i = 0; i < threads; i++) {
      ParallelRegion seen = open.get(i);
      if (seen == null || seen.over) {
        if (i >= placesUsed.get()) {
          placesUsed.accumulateAndGet(i + 1, Math::max);
        }
        if (open.compareAndSet(i, seen, region)) {
          callFor(region);
          return;
        }
      }
    }
  }

  /** Makes room for slots that help others. */
  void leave(ParallelRegion region) {
    region.over = true;
    for (int i = 0; i < placesUsed.get(); i++) {
      if (open.get(i) == region) {
        open.compareAndSet(i, region, null);
      }
    }
    ParallelRegion another = findJob();
    if (another != null) {
      callFor(another);
    }
  }

  /** Asks for as many slots as a region can use and as there is room for. */
  void callFor(ParallelRegion region) {
    if (!region.isLarge()) {
      return; // who is awake sees it
    }
    int wanted = Math.min(threads - busy(), region.tasks() - 1);
    for (int i = 0; i < slotsUsed.get() && wanted > 0; i++) {
      if (slots[i].isComing()) {
        wanted--;
      }
    }
    try {
      for (int i = 0; i < slots.length && wanted > 0; i++) {
        if (i >= slotsUsed.get()) {
          slotsUsed.accumulateAndGet(i + 1, Math::max);
        }
        if (slots[i].ask(pool)) {
          wanted--;
        }
      }
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      return; // no thread to be had: the leader needs none
    } catch (RuntimeException | Error e) {
      region.fail(e);
    }
  }

  /** The open region with the most tasks to be taken, or null. */
  @Nullable ParallelRegion findJob() {
    ParallelRegion best = null;
    int most = 0;
    for (int i = 0; i < placesUsed.get(); i++) {
      ParallelRegion region = open.get(i);
      if (region != null && region.tasks() > most) {
        best = region;
        most = region.tasks();
      }
    }
    return best;
  }

  /** As {@link #findJob}, waiting for one for some microseconds, if there is room for a slot. */
  @Nullable ParallelRegion awaitJob() {
    spinUntil(() -> findJob() != null || !hasRoom());
    return findJob();
  }

  /**
   * Works on a region as a slot. What a task throws is the caller's, and so is any other error
   * here.
   *
   * @return false if it left to make room, or failed
   */
  boolean work(ParallelRegion region, WorkerSlot slot) {
    slot.region =
        region; // and then looks whether the region is over, while its leader does both vice versa
    try {
      while (isWithinRoom(slot)) {
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
      region.wakeLeader();
      return false;
    } finally {
      slot.region = null;
    }
  }

  boolean hasRoom() {
    return busy() < threads;
  }

  /** Whether callers, the slots at work before this one, and this one are not too many. */
  private boolean isWithinRoom(WorkerSlot slot) {
    return callers() + working(slot.number()) < threads;
  }

  private int busy() {
    return callers() + working(slotsUsed.get());
  }

  /** Callers that are at work; as many as threads if they are more. */
  private int callers() {
    int callers = 0;
    for (int i = 0; i < placesUsed.get(); i++) {
      ParallelRegion region = open.get(i);
      if (region != null && !region.over) {
        callers++;
      }
    }
    return callers;
  }

  /** How many of the first slots have a region. */
  private int working(int first) {
    int working = 0;
    for (int i = 0; i < first; i++) {
      if (slots[i].region != null) {
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
