package dev.heddle.kernel;

import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Objects that calls use one after another: polled, and offered again. No thread keeps any, so they
 * end with the class loader of their class and not with a thread; the garbage collector takes those
 * that lie idle when memory is short. One that is not offered again is lost to the pool only.
 *
 * <p>A thread looks first where it put the last one, which may still be in its cache.
 *
 * @param <T> the objects
 */
public final class SoftPool<T> {
  private final AtomicReferenceArray<@Nullable SoftReference<T>> idle;

  /**
   * An empty pool.
   *
   * @param kept how many idle objects it keeps at most, 1 or more
   */
  public SoftPool(int kept) {
    this.idle = new AtomicReferenceArray<>(kept);
  }

  /** An object that nobody else has until it is offered again, or null if none is idle. */
  public @Nullable T poll() {
    int start = start();
    for (int i = 0; i < idle.length(); i++) {
      int slot = (start + i) % idle.length();
      if (idle.getPlain(slot) != null) {
        SoftReference<T> reference = idle.getAndSet(slot, null);
        T object = reference == null ? null : reference.get();
        if (object != null) {
          return object;
        }
      }
    }
    return null;
  }

  /**
   * Takes an object that nobody uses any more; drops it if the pool is full.
   *
   * @param reference to the object; the same at each time, or a new one
   */
  public void offer(SoftReference<T> reference) {
    int start = start();
    for (int i = 0; i < idle.length(); i++) {
      int slot = (start + i) % idle.length();
      if (idle.getPlain(slot) == null && idle.compareAndSet(slot, null, reference)) {
        return;
      }
    }
  }

  private int start() {
    return (int) (Thread.currentThread().threadId() % idle.length());
  }
}
