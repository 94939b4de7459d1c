package dev.heddle.array.internal;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.kernel.ArrayAccess;
import dev.heddle.kernel.Band;
import dev.heddle.kernel.IndexedFlags;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** What this module's packages may do with arrays and users may not; see {@link ArrayAccess}. */
public final class ArrayInternals {
  private static final ArrayAccess<Array, Shape, DType> ACCESS = access();

  private ArrayInternals() {}

  private static ArrayAccess<Array, Shape, DType> access() {
    try {
      MethodHandles.lookup().ensureInitialized(Array.class); // which registers it
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
    return Objects.requireNonNull(ArrayAccess.<Array, Shape, DType>registered());
  }

  /** The elements as float32: for a float32 array its own, which must not be written to. */
  public static float[] floats(Array array) {
    return ACCESS.floats(array);
  }

  /** A float32 array backed by the values, which must not be written to any more. */
  public static Array wrap(float[] values, Shape shape) {
    return ACCESS.wrap(values, shape);
  }

  /**
   * An array in another type, for arrays that are converted repeatedly, such as parameters. The
   * result is cached in the array.
   */
  public static Array convertedTo(Array array, DType dtype) {
    return ACCESS.convertedTo(array, dtype);
  }

  /** A mask of a band of the last two axes, whose elements are computed when first read. */
  public static Array bandMask(Shape shape, Band band, DType dtype) {
    return ACCESS.bandMask(shape, band, dtype);
  }

  /** The logical and of masks that broadcast to the shape, computed when first read. */
  public static Array allOf(List<Array> masks, Shape shape, DType dtype) {
    return ACCESS.allOf(masks, shape, dtype);
  }

  /**
   * A function of queries and keys, computed when first read, or tile by tile.
   *
   * @param query shape {@code [B..., 1, Q, 1]}
   * @param key shape {@code [B..., 1, 1, K]}
   * @param function elementwise and broadcasting, from those to {@code [B..., 1, Q, K]}
   * @return null if a corner of it has another shape, or is differentiated
   */
  public static @Nullable Array pairwise(
      Array query, Array key, BinaryOperator<Array> function, Shape shape, DType dtype) {
    return ACCESS.pairwise(query, key, function, shape, dtype);
  }

  /** A bool array of flags, computed when first read. */
  public static Array flags(IndexedFlags flags, Shape shape) {
    return ACCESS.flags(flags, shape);
  }
}
