package dev.heddle.kernel;

import java.lang.ref.SoftReference;
import java.util.List;
import java.util.stream.Stream;

/**
 * A pool of arrays for intermediate results, so that repeated calls allocate nothing. Idle arrays
 * are held as in {@link SoftPool}.
 */
public final class Buffers {
  /** Below this size a new array is cheaper than a search of the pool. */
  private static final int SMALL = 256;

  /** Array lengths per power of two: an array is at most a quarter longer than requested. */
  private static final int SIZES_PER_DOUBLING = 4;

  /** Maximum number of idle arrays per size. */
  private static final int MAX_IDLE = 16;

  /** The greatest array length that every Java virtual machine supports. */
  public static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  private static final List<SoftPool<float[]>> IDLE =
      Stream.generate(() -> new SoftPool<float[]>(MAX_IDLE))
          .limit(Integer.SIZE * SIZES_PER_DOUBLING)
          .toList();

  private Buffers() {}

  /**
   * The number of elements of a workspace matrix, which may be larger than its operands: rows or
   * columns are padded to whole tiles.
   *
   * @throws IllegalArgumentException if it exceeds {@link #MAX_LENGTH}
   */
  public static int size(int rows, int cols) {
    long size = (long) rows * cols;
    if (size > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "workspace: expected at most %s elements, got [%s, %s]"
              .formatted(MAX_LENGTH, rows, cols));
    }
    return (int) size;
  }

  /**
   * An array of at least the given size, with unspecified elements.
   *
   * @throws OutOfMemoryError if memory is exhausted
   */
  public static float[] borrow(int size) {
    if (size < SMALL) {
      return new float[size];
    }
    int sizeClass = sizeClass(size);
    float[] array = IDLE.get(sizeClass).poll();
    return array != null ? array : new float[length(sizeClass)];
  }

  /** Returns a borrowed array, which must not be used afterwards. */
  public static void giveBack(float[] array) {
    if (array.length >= SMALL) {
      IDLE.get(sizeClass(array.length)).offer(new SoftReference<>(array));
    }
  }

  /** The index of the smallest pooled length that holds a size. */
  private static int sizeClass(int size) {
    int power = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(size - 1);
    int step = ((size - 1) >>> (power - 2)) & (SIZES_PER_DOUBLING - 1);
    return power * SIZES_PER_DOUBLING + step;
  }

  private static int length(int sizeClass) {
    int power = sizeClass / SIZES_PER_DOUBLING;
    long length = (1L << power) + (sizeClass % SIZES_PER_DOUBLING + 1L) * (1L << (power - 2));
    return (int) Math.min(length, MAX_LENGTH);
  }
}
