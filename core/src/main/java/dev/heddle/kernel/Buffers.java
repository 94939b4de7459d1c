package dev.heddle.kernel;

import java.lang.ref.SoftReference;
import java.util.List;
import java.util.stream.Stream;

/**
 * Arrays for what a call needs between its inputs and its output: borrowed and given back, so that
 * calls in a row make no garbage. Idle ones are kept as in {@link SoftPool}.
 */
public final class Buffers {
  /** Below this a fresh array costs less than a look. */
  private static final int SMALL = 256;

  /** Sizes between two powers of two: an array is at most a quarter longer than asked for. */
  private static final int STEPS = 4;

  /** Idle arrays of one size that are kept. */
  private static final int KEPT = 16;

  /** Elements of an array that every Java virtual machine can make. */
  public static final int LONGEST = Integer.MAX_VALUE - 8;

  private static final List<SoftPool<float[]>> IDLE =
      Stream.generate(() -> new SoftPool<float[]>(KEPT)).limit(Integer.SIZE * STEPS).toList();

  private Buffers() {}

  /**
   * The elements of a matrix of workspace, which may be larger than the operands that it is for:
   * rows or columns are filled up to whole tiles.
   *
   * @throws IllegalArgumentException if no array can hold them
   */
  public static int size(int rows, int cols) {
    long size = (long) rows * cols;
    if (size > LONGEST) {
      throw new IllegalArgumentException(
          "workspace: expected at most " + LONGEST + " elements, got [" + rows + ", " + cols + "]");
    }
    return (int) size;
  }

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
    float[] array = IDLE.get(kind).poll();
    return array != null ? array : new float[length(kind)];
  }

  /** Gives an array back that was borrowed; nobody may use it any more. */
  public static void giveBack(float[] array) {
    if (array.length >= SMALL) {
      IDLE.get(kind(array.length)).offer(new SoftReference<>(array));
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
    return (int) Math.min(length, LONGEST);
  }
}
