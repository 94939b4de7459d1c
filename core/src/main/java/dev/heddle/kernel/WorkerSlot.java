package dev.heddle.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A place for one thread of a team's pool. A thread of the pool fills it while there are tasks and
 * for some microseconds after, and then goes back to its pool. As each place is filled once at a
 * time, the pool's threads at work are never more than there are places.
 *
 * <p>A request that no thread answers may have been discarded, as some executors do, or wait in a
 * queue. It is made again at the 4th, 8th, 16th, ... time that a thread is wanted since: a pool
 * that discards one is soon asked again, and the queue of a busy one holds few.
 */
final class WorkerSlot implements Runnable {
  /** Times that a thread is wanted before a request is made again for the first time. */
  private static final int FIRST_REPEAT = 4;

  private static final AtomicReferenceFieldUpdater<WorkerSlot, @Nullable Thread> OWNER =
      AtomicReferenceFieldUpdater.newUpdater(WorkerSlot.class, Thread.class, "owner");

  private final ThreadTeam team;
  private final int number;

  /** The thread that fills this place. */
  private volatile @Nullable Thread owner;

  /** What it works on; null while it looks for a region. */
  volatile @Nullable ParallelRegion region;

  /** Times that a thread was wanted since the last one came; 0 if none is asked for. */
  private final AtomicInteger unanswered = new AtomicInteger();

  /**
   * An empty place.
   *
   * @param number its place in the order in which slots are asked for, and stay
   */
  WorkerSlot(ThreadTeam team, int number) {
    this.team = team;
    this.number = number;
  }

  int number() {
    return number;
  }

  /** Whether it will look for a task soon, without being asked. */
  boolean isComing() {
    if (owner != null) {
      return region == null;
    }
    return unanswered.get() != 0 && !isDue(unanswered.incrementAndGet());
  }

  /**
   * Asks the pool for a thread, if this place is empty and none is on its way.
   *
   * @return whether it was asked for
   * @throws RejectedExecutionException if the pool gives none
   */
  boolean ask(Executor pool) {
    int seen = unanswered.get();
    if (owner != null || !isDue(seen) || !StackRoom.isEnough()) {
      return false;
    }
    if (!unanswered.compareAndSet(seen, seen + 1)) {
      return false; // another caller asks
    }
    boolean given = false;
    try {
      pool.execute(this);
      given = true;
    } finally {
      if (!given) {
        unanswered.set(0);
      }
    }
    return true;
  }

  private static boolean isDue(int unanswered) {
    return unanswered == 0 || (unanswered >= FIRST_REPEAT && Integer.bitCount(unanswered) == 1);
  }

  /**
   * Does what there is to do, on a thread of the pool. What is thrown here is no task's, and ends
   * no region; the pool's thread goes on without it.
   */
  @Override
  public void run() {
    Thread self = Thread.currentThread();
    try {
      unanswered.set(0);
      if (ThreadTeam.atWork() != null) {
        return; // the executor runs it on a caller's thread
      }
      do {
        if (!OWNER.compareAndSet(this, null, self)) {
          return; // asked twice, and the other came first
        }
        team.asMember(this::work);
        owner = null;
        // Who opened a region before that saw this place filled, and did not ask.
      } while (team.hasRoom() && team.findJob() != null);
    } catch (Throwable e) {
      return;
    } finally {
      if (owner == self) {
        owner = null;
      }
    }
  }

  private void work() {
    ParallelRegion found = team.findJob();
    while (found != null && team.work(found, this)) {
      found = team.awaitJob();
    }
  }
}
