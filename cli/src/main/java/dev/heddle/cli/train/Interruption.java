package dev.heddle.cli.train;

import java.util.concurrent.CountDownLatch;

/**
 * Delays the end of the JVM by Ctrl-C or another signal until the current work is saved: the
 * working thread polls {@link #isRequested}, saves, and calls {@link #close}; then the JVM ends
 * with the signal's status (130 for Ctrl-C).
 */
public final class Interruption implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::awaitClose, "heddle-interruption");
  private volatile boolean requested;

  /** Registers a shutdown hook that delays the end. */
  public Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void awaitClose() {
    requested = true;
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the JVM ends at once
    }
  }

  /** Whether the end was requested. */
  public boolean isRequested() {
    return requested;
  }

  /** Lets the JVM end. */
  @Override
  public void close() {
    closed.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return; // the JVM is ending already
      }
    }
  }
}
