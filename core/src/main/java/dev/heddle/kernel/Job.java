package dev.heddle.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One call while it runs: its phases, and which of their tasks are taken and done. Whoever has time
 * takes the next task; who finishes the last one of a phase opens the next. So nobody is waited for
 * who has not taken a task, and no thread has to take one but the leader, which made the call.
 */
final class Job {
  private static final int PHASE_SHIFT = 32;

  private final Crew crew;
  private final Phase[] phases;
  private final boolean large;
  private final Thread leader = Thread.currentThread();

  /** The phase in the upper half, its next task in the lower: one step takes a task of a phase. */
  private final AtomicLong next;

  /** Tasks of the phase that are not done yet. */
  private final AtomicInteger left;

  private volatile boolean leaderSleeps;
  private volatile @Nullable Throwable failure;

  /**
   * A job that this thread leads.
   *
   * @param large whether it is worth waking a thread that sleeps
   */
  Job(Crew crew, boolean large, Phase... phases) {
    this.crew = crew;
    this.large = large;
    this.phases = phases;
    int first = firstWithTasks(0);
    this.next = new AtomicLong((long) first << PHASE_SHIFT);
    this.left = new AtomicInteger(first < phases.length ? phases[first].count() : 0);
  }

  /**
   * Takes tasks until all phases are done, then throws what a task threw: the first of them, the
   * others suppressed in it. An interrupt of this thread neither ends the job nor gets lost.
   */
  void lead() {
    while (!isDone()) {
      if (!runTask()) {
        awaitTaskOrEnd();
      }
    }
    Throwable thrown = failure;
    if (thrown != null) {
      throw Job.<RuntimeException>asUnchecked(thrown);
    }
  }

  /** Whether a task is there to be taken now. */
  boolean hasTask() {
    return hasTask(next.get());
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
    if (!hasTask()) {
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

  /** Ends the job, once the tasks that run now are done; its caller gets the reason. */
  synchronized void fail(Throwable reason) {
    Throwable first = failure;
    if (first == null) {
      failure = reason;
    } else if (first != reason) {
      first.addSuppressed(reason);
    }
  }

  private void open(int phase) {
    if (phase < phases.length) {
      left.set(phases[phase].count());
    }
    next.set((long) phase << PHASE_SHIFT);
    if (leaderSleeps) {
      LockSupport.unpark(leader);
    }
    if (phase < phases.length) {
      crew.callFor(this);
    }
  }

  private void awaitTaskOrEnd() {
    if (crew.spinUntil(() -> hasTask() || isDone())) {
      return;
    }
    boolean interrupted = false;
    leaderSleeps = true;
    while (!hasTask() && !isDone()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted(); // or the next park would return at once
    }
    leaderSleeps = false;
    if (interrupted) {
      leader.interrupt();
    }
  }

  private boolean isDone() {
    return phase(next.get()) == phases.length;
  }

  private boolean hasTask(long position) {
    int phase = phase(position);
    return phase < phases.length && (int) position < phases[phase].count();
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
