package dev.heddle.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A place for one thread of a crew's pool. A thread of the pool fills it while there are tasks and
 * for some microseconds after, and then goes back to its pool. As each place is filled once at a
 * time, the pool's threads at work are never more than there are places.
 */
final class Hand implements Runnable {
  /** What has not come for so long has been thrown away, as some executors do, and may be asked. */
  private static final long FORGOTTEN_NANOS = 1_000_000_000;

  private enum State {
    AWAY,
    ASKED,
    WORKING,
    READY
  }

  private final Crew crew;
  private final AtomicReference<State> state = new AtomicReference<>(State.AWAY);
  private volatile long askedAt;

  Hand(Crew crew) {
    this.crew = crew;
  }

  /** Whether it will look for a task soon, without being asked. */
  boolean isComing() {
    State seen = state.get();
    return seen == State.READY || (seen == State.ASKED && !isForgotten());
  }

  /**
   * Asks the pool for a thread, if this place is empty.
   *
   * @return whether it was asked for
   * @throws RejectedExecutionException if the pool gives none
   */
  boolean ask(Executor pool) {
    boolean again = state.get() == State.ASKED && isForgotten();
    if (!again && !state.compareAndSet(State.AWAY, State.ASKED)) {
      return false;
    }
    askedAt = System.nanoTime();
    boolean given = false;
    try {
      pool.execute(this);
      given = true;
    } finally {
      if (!given) {
        state.compareAndSet(State.ASKED, State.AWAY);
      }
    }
    return true;
  }

  private boolean isForgotten() {
    return System.nanoTime() - askedAt > FORGOTTEN_NANOS;
  }

  /** Does what there is to do, on a thread of the pool. */
  @Override
  public void run() {
    if (Crew.atWork() != null) {
      state.compareAndSet(State.ASKED, State.AWAY); // the executor runs it on the caller's thread
      return;
    }
    if (!state.compareAndSet(State.ASKED, State.WORKING)) {
      return; // asked twice, and the other came first
    }
    crew.markAtWork();
    try {
      do {
        work();
        state.set(State.AWAY);
        // Who opened a job before that saw this place filled, and did not ask.
      } while (crew.hasRoom()
          && crew.findJob() != null
          && state.compareAndSet(State.AWAY, State.WORKING));
    } finally {
      crew.unmark();
    }
  }

  private void work() {
    Job job = crew.findJob();
    while (job != null && crew.work(job)) {
      state.set(State.READY);
      job = crew.awaitJob();
      state.set(State.WORKING);
    }
  }
}
