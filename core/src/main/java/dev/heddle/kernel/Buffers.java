package dev.heddle.kernel;

import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Arrays for what a call needs between its inputs and its output: borrowed and given back, so that
 * calls in a row make no garbage. The garbage collector takes those that lie idle when memory is
 * short; one that is never given back is lost to nobody but it.
 */
public final class Buffers {
  /** Below this a fresh array costs less than a look. */
  private static final int SMALL = 256;

  /** Sizes between two powers of two: an array is at most a quarter longer than asked for. */
  private static final int STEPS = 4;

  /** Idle arrays of one size that are kept. */
  private static final int KEPT = 16;

  private static final AtomicReferenceArray<@Nullable SoftReference<float[]>> IDLE =
      new AtomicReferenceArray<>(Integer.SIZE * STEPS * KEPT);

  private Buffers() {}

  /**
   * An array of at least a size, whose elements may be anything.
   *
   * @throws OutOfMemoryError if there is no room
   */
  public static float[] borrow(int size) {
    if (size < SMALL) {
      return new float[size];
    }
    int kind = kind(size);
    for (int slot = kind * KEPT; slot < (kind + 1) * KEPT; slot++) {
      if (IDLE.getPlain(slot) != null) {
        SoftReference<float[]> idle = IDLE.getAndSet(slot, null);
        float[] array = idle == null ? null : idle.get();
        if (array != null) {
          return array;
        }
      }
    }
    return new float[length(kind)];
  }

  /** Gives an array back that was borrowed; nobody may use it any more. */
  public static void giveBack(float[] array) {
    if (array.length < SMALL) {
      return;
    }
    int kind = kind(array.length);
    for (int slot = kind * KEPT; slot < (kind + 1) * KEPT; slot++) {
      if (IDLE.getPlain(slot) == null
          && IDLE.compareAndSet(slot, null, new SoftReference<>(array))) {
        return;
      }
    }
  }

  /** The number of the smallest length that holds a size. */
  private static int kind(int size) {
    int power = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(size - 1);
    int step = ((size - 1) >>> (power - 2)) & (STEPS - 1);
    return power * STEPS + step;
  }

  private static int length(int kind) {
    int power = kind / STEPS;
    long length = (1L << power) + (kind % STEPS + 1L) * (1L << (power - 2));
    return (int) Math.min(length, Integer.MAX_VALUE - 8);
  }
}
