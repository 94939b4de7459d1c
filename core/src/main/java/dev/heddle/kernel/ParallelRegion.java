package dev.heddle.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A parallel call: its phases, and which of their tasks are claimed and completed. Any thread of
 * the team claims the next task; the thread that completes the last task of a phase opens the next
 * phase. So no thread is waited for unless it has claimed a task, and only the calling thread must
 * take part.
 *
 * <p>An exception in a task ends the region in order. An error outside of tasks, as a stack
 * overflow, may leave a claimed task that is never completed: then the region is {@link #broken},
 * and its caller abandons it.
 */
final class ParallelRegion implements Runnable {
  private static final int PHASE_SHIFT = 32;

  private final ThreadTeam team;
  private final Phase[] phases;
  private final boolean large;
  private final Thread caller = Thread.currentThread();

  /**
   * The phase in the upper half, its next task in the lower; one atomic increment claims a task.
   */
  private final AtomicLong next;

  /** Tasks of the phase that are not completed. */
  private final AtomicInteger remaining;

  /** The first exception, which the caller throws. */
  volatile @Nullable Throwable failure;

  /** Whether a claimed task may never be completed. */
  volatile boolean broken;

  /** Whether the caller has left: no more tasks are claimed, and the caller is not counted. */
  volatile boolean closed;

  /**
   * A region that this thread calls.
   *
   * @param large whether waking a parked thread is worth its cost
   */
  ParallelRegion(ThreadTeam team, boolean large, Phase... phases) {
    this.team = team;
    this.large = large;
    this.phases = phases;
    int first = firstWithTasks(0);
    this.next = new AtomicLong((long) first << PHASE_SHIFT);
    this.remaining = new AtomicInteger(first < phases.length ? phases[first].count() : 0);
  }

  /** Runs tasks on the calling thread until all phases are completed. */
  @Override
  public void run() {
    try {
      team.register(this);
      while (!isDone() && !broken) {
        if (!runTask()) {
          awaitTaskOrCompletion();
        }
      }
    } finally {
      team.deregister(this);
    }
  }

  /** Throws the first exception of a task, with the others suppressed in it. */
  void throwFailure() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw ParallelRegion.<RuntimeException>asUnchecked(thrown);
    }
  }

  /** Whether waking a parked thread is worth its cost. */
  boolean isLarge() {
    return large;
  }

  /** The number of unclaimed tasks of the open phase. */
  int tasks() {
    long position = next.get();
    return hasTask(position) ? phases[phase(position)].count() - (int) position : 0;
  }

  /** Claims and runs one task, if there is one. After a failure tasks are claimed but not run. */
  boolean runTask() {
    if (!hasTask(next.get())) {
      return false;
    }
    long position = next.getAndIncrement(); // by now another phase may be open, or none
    if (!hasTask(position)) {
      return false;
    }
    try {
      if (failure == null) {
        phases[phase(position)].task().accept((int) position);
      }
    } catch (Throwable e) {
      fail(e);
    } finally {
      if (remaining.decrementAndGet() == 0) {
        openPhase(firstWithTasks(phase(position) + 1));
      }
    }
    return true;
  }

  /** Ends the region once the running tasks are completed; its caller throws the reason. */
  synchronized void fail(Throwable reason) {
    Throwable first = failure;
    if (first == null) {
      failure = reason;
    } else if (first != reason) {
      try {
        first.addSuppressed(reason);
      } catch (OutOfMemoryError e) {
        return; // the first one is thrown anyway
      }
    }
  }

  boolean isDone() {
    return phase(next.get()) == phases.length;
  }

  /** Unparks the caller; if it is not parked, its next park returns at once. */
  void wakeCaller() {
    if (Thread.currentThread() != caller) {
      LockSupport.unpark(caller);
    }
  }

  private void openPhase(int phase) {
    if (phase < phases.length) {
      remaining.set(phases[phase].count());
    }
    next.set((long) phase << PHASE_SHIFT);
    wakeCaller();
    if (phase < phases.length) {
      team.requestWorkers(this);
    }
  }

  /** Waits, polling first, then parked; an interrupt does not end the region, and is restored. */
  private void awaitTaskOrCompletion() {
    if (team.spinUntil(this::isCallerNeeded)) {
      return;
    }
    boolean interrupted = false;
    try {
      while (!isCallerNeeded()) {
        LockSupport.parkNanos(this, ThreadTeam.PARK_NANOS);
        interrupted |= Thread.interrupted(); // otherwise the next park returns at once
      }
    } finally {
      if (interrupted) {
        caller.interrupt();
      }
    }
  }

  private boolean isCallerNeeded() {
    return hasTask(next.get()) || isDone() || broken;
  }

  private boolean hasTask(long position) {
    int phase = phase(position);
    return !closed && !broken && phase < phases.length && (int) position < phases[phase].count();
  }

  private int firstWithTasks(int phase) {
    while (phase < phases.length && phases[phase].count() == 0) {
      phase++;
    }
    return phase;
  }

  private static int phase(long position) {
    return (int) (position >>> PHASE_SHIFT);
  }

  /** Throws without the compiler's check: a task may have thrown a checked exception. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X asUnchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
