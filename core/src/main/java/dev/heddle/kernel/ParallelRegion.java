package dev.heddle.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One call while it runs: its phases, and which of their tasks are taken and done. Whoever has time
 * takes the next task; who finishes the last one of a phase opens the next. So nobody is waited for
 * who has not taken a task, and no thread has to take one but the leader, which made the call.
 *
 * <p>A task's error ends the region in order. An error beside the tasks, as when the stack ends,
 * may leave a task taken and never done: then the region is {@link #broken}, and its leader gives
 * it up.
 */
final class ParallelRegion implements Runnable {
  private static final int PHASE_SHIFT = 32;

  private final ThreadTeam team;
  private final Phase[] phases;
  private final boolean large;
  private final Thread leader = Thread.currentThread();

  /** The phase in the upper half, its next task in the lower: one step takes a task of a phase. */
  private final AtomicLong next;

  /** Tasks of the phase that are not done yet. */
  private final AtomicInteger left;

  /** The first error, which the caller gets. */
  volatile @Nullable Throwable failure;

  /** Whether a task may have been taken that will never be done. */
  volatile boolean broken;

  /** Whether the leader has left: no task is taken any more, and the leader is not counted. */
  volatile boolean over;

  /**
   * A region that this thread leads.
   *
   * @param large whether it is worth waking a thread that sleeps
   */
  ParallelRegion(ThreadTeam team, boolean large, Phase... phases) {
    this.team = team;
    this.large = large;
    this.phases = phases;
    int first = firstWithTasks(0);
    this.next = new AtomicLong((long) first << PHASE_SHIFT);
    this.left = new AtomicInteger(first < phases.length ? phases[first].count() : 0);
  }

  /** Leads the region: takes tasks until all phases are done. */
  @Override
  public void run() {
    try {
      team.enter(this);
      while (!isDone() && !broken) {
        if (!runTask()) {
          awaitTaskOrEnd();
        }
      }
    } finally {
      team.leave(this);
    }
  }

  /** Throws what a task threw: the first of them, the others suppressed in it. */
  void throwFailure() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw ParallelRegion.<RuntimeException>asUnchecked(thrown);
    }
  }

  /** Whether a thread that sleeps should be woken for it. */
  boolean isLarge() {
    return large;
  }

  /** The tasks of the open phase that nobody has taken. */
  int tasks() {
    long seen = next.get();
    return hasTask(seen) ? phases[phase(seen)].count() - (int) seen : 0;
  }

  /** Runs one task, if there is one to be taken. After a failure tasks are taken but not run. */
  boolean runTask() {
    if (!hasTask(next.get())) {
      return false;
    }
    long taken = next.getAndIncrement(); // by now another phase may be open, or none
    if (!hasTask(taken)) {
      return false;
    }
    try {
      if (failure == null) {
        phases[phase(taken)].task().accept((int) taken);
      }
    } catch (Throwable e) {
      fail(e);
    } finally {
      if (left.decrementAndGet() == 0) {
        open(firstWithTasks(phase(taken) + 1));
      }
    }
    return true;
  }

  /** Ends the region, once the tasks that run now are done; its caller gets the reason. */
  synchronized void fail(Throwable reason) {
    Throwable first = failure;
    if (first == null) {
      failure = reason;
    } else if (first != reason) {
      try {
        first.addSuppressed(reason);
      } catch (OutOfMemoryError e) {
        return; // the first is what counts
      }
    }
  }

  boolean isDone() {
    return phase(next.get()) == phases.length;
  }

  /** Makes the leader look again. One that does not sleep will not the next time it wants to. */
  void wakeLeader() {
    if (Thread.currentThread() != leader) {
      LockSupport.unpark(leader);
    }
  }

  private void open(int phase) {
    if (phase < phases.length) {
      left.set(phases[phase].count());
    }
    next.set((long) phase << PHASE_SHIFT);
    wakeLeader();
    if (phase < phases.length) {
      team.callFor(this);
    }
  }

  /**
   * Sleeps, if it takes long; an interrupt of this thread neither ends the region nor gets lost.
   */
  private void awaitTaskOrEnd() {
    if (team.spinUntil(this::wantsLeader)) {
      return;
    }
    boolean interrupted = false;
    try {
      while (!wantsLeader()) {
        LockSupport.parkNanos(this, ThreadTeam.NAP_NANOS);
        interrupted |= Thread.interrupted(); // or the next park would return at once
      }
    } finally {
      if (interrupted) {
        leader.interrupt();
      }
    }
  }

  private boolean wantsLeader() {
    return hasTask(next.get()) || isDone() || broken;
  }

  private boolean hasTask(long position) {
    int phase = phase(position);
    return !over && !broken && phase < phases.length && (int) position < phases[phase].count();
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

  /** Throws anything: a task may throw a checked exception past the compiler. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X asUnchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
