package dev.heddle.kernel;

import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the packages of this module may do with arrays and users may not: to read and create them
 * without a copy, and lazily. The class of arrays registers its implementation; {@code
 * array.internal} is the typed entry to it. Thus the packages form no circle, and users reach
 * neither, since neither is exported to them.
 *
 * @param <A> the class of arrays, which this package does not know
 * @param <S> the class of shapes
 * @param <T> the class of element types
 */
public interface ArrayAccess<A, S, T> {
  /** The elements as float32: for a float32 array its own, which must not be written to. */
  float[] floats(A array);

  /** A float32 array backed by the values, which must not be written to any more. */
  A wrap(float[] values, S shape);

  /** The array in another type; the result is cached in the array. */
  A convertedTo(A array, T dtype);

  /** A mask of a band whose elements are computed when first read. */
  A bandMask(S shape, Band band, T dtype);

  /** The logical and of masks, computed when first read. */
  A allOf(List<A> masks, S shape, T dtype);

  /**
   * A function of queries and keys, computed when first read, or tile by tile.
   *
   * @return null if a corner of it has another shape, or is differentiated
   */
  @Nullable A pairwise(A query, A key, BinaryOperator<A> function, S shape, T dtype);

  /** A bool array of flags, computed when first read. */
  A flags(IndexedFlags flags, S shape);

  /** The implementation that the class of arrays registered, null before. */
  @SuppressWarnings("unchecked") // there is one class of arrays
  static <A, S, T> @Nullable ArrayAccess<A, S, T> registered() {
    return (ArrayAccess<A, S, T>) Registered.access;
  }

  /** Registers the implementation. */
  static void register(ArrayAccess<?, ?, ?> access) {
    Registered.access = access;
  }

  /** Where the implementation is kept. */
  final class Registered {
    private static volatile @Nullable ArrayAccess<?, ?, ?> access;

    private Registered() {}
  }
}
