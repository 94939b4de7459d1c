package dev.heddle.cli.train;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C, or the end of the JVM by another signal, while something is to be finished first: whoever
 * works asks now and then, saves, and closes; only then the JVM ends, with the signal's status (130
 * for Ctrl-C).
 */
public final class Interruption implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::holdOn, "heddle-interruption");
  private volatile boolean requested;

  /** From now on the end waits. */
  public Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void holdOn() {
    requested = true;
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the JVM ends at once
    }
  }

  /** Whether the end is waiting. */
  public boolean isRequested() {
    return requested;
  }

  /** From now on the end does not wait. */
  @Override
  public void close() {
    closed.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return; // it came just now
      }
    }
  }
}
