package dev.heddle.kernel;

import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of reusable objects. They are not thread-local, so they do not prevent the
 * unloading of their class; idle ones are softly reachable, and the garbage collector reclaims them
 * when memory is short. An object that is not returned is simply collected.
 *
 * <p>A thread looks first at the position where it returned the last one, which may still be in its
 * cache.
 *
 * @param <T> the type of the objects
 */
public final class SoftPool<T> {
  private final AtomicReferenceArray<@Nullable SoftReference<T>> idle;

  /**
   * An empty pool.
   *
   * @param maxIdle the maximum number of idle objects, 1 or more
   */
  public SoftPool(int maxIdle) {
    this.idle = new AtomicReferenceArray<>(maxIdle);
  }

  /** An object for exclusive use until it is offered again, or null if none is idle. */
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
   * Returns an object that is no longer in use; drops it if the pool is full.
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
