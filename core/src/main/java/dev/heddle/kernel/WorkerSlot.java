package dev.heddle.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A slot for one thread of a team's pool. A pool thread occupies it while there are tasks and for
 * some microseconds after, and then returns to the pool. A slot has at most one thread at a time,
 * so the number of slots bounds the number of active pool threads.
 *
 * <p>A request that no thread has served may have been discarded by the executor, or be queued. It
 * is repeated when a thread is needed for the 4th, 8th, 16th, ... time since: an executor that
 * discards requests is soon asked again, and the queue of a busy one holds few of them.
 */
final class WorkerSlot implements Runnable {
  /** How many times a thread is needed before a request is first repeated. */
  private static final int FIRST_REPEAT = 4;

  private static final AtomicReferenceFieldUpdater<WorkerSlot, @Nullable Thread> OWNER =
      AtomicReferenceFieldUpdater.newUpdater(WorkerSlot.class, Thread.class, "owner");

  private final ThreadTeam team;
  private final int index;

  /** The thread that occupies this slot. */
  private volatile @Nullable Thread owner;

  /** The region whose tasks it runs; null while it looks for one. */
  volatile @Nullable ParallelRegion region;

  /** How many times a thread was needed since the last request was served; 0 without a request. */
  private final AtomicInteger pendingRequests = new AtomicInteger();

  /**
   * A free slot.
   *
   * @param index its position in the order in which slots are requested and stay active
   */
  WorkerSlot(ThreadTeam team, int index) {
    this.team = team;
    this.index = index;
  }

  int index() {
    return index;
  }

  /** Whether it will look for a task soon, without a new request. */
  boolean isExpected() {
    if (owner != null) {
      return region == null;
    }
    return pendingRequests.get() != 0 && !isDue(pendingRequests.incrementAndGet());
  }

  /**
   * Requests a thread of the pool, if this slot is free and no request is pending.
   *
   * @return whether a request was made
   * @throws RejectedExecutionException if the pool rejects the request
   */
  boolean request(Executor pool) {
    int pending = pendingRequests.get();
    if (owner != null || !isDue(pending) || !StackRoom.isEnough()) {
      return false;
    }
    if (!pendingRequests.compareAndSet(pending, pending + 1)) {
      return false; // another caller makes the request
    }
    boolean accepted = false;
    try {
      pool.execute(this);
      accepted = true;
    } finally {
      if (!accepted) {
        pendingRequests.set(0);
      }
    }
    return true;
  }

  private static boolean isDue(int pendingRequests) {
    return pendingRequests == 0
        || (pendingRequests >= FIRST_REPEAT && Integer.bitCount(pendingRequests) == 1);
  }

  /**
   * Runs tasks on a pool thread. An error here is none of a task and ends no region; it is not
   * passed to the pool.
   */
  @Override
  public void run() {
    Thread self = Thread.currentThread();
    try {
      pendingRequests.set(0);
      if (ThreadTeam.current() != null) {
        return; // the executor runs it on a caller's thread
      }
      do {
        if (!OWNER.compareAndSet(this, null, self)) {
          return; // a repeated request, and the other thread was first
        }
        team.runAsMember(this::work);
        owner = null;
        // A caller that registered a region before this write saw the slot occupied.
      } while (team.hasCapacity() && team.findRegion() != null);
    } catch (Throwable e) {
      return;
    } finally {
      if (owner == self) {
        owner = null;
      }
    }
  }

  private void work() {
    ParallelRegion found = team.findRegion();
    while (found != null && team.work(found, this)) {
      found = team.awaitRegion();
    }
  }
}
