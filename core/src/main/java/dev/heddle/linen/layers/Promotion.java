package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.internal.ArgumentName;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The element type in which a layer computes; {@code flax.linen.dtypes}. */
public final class Promotion {
  private Promotion() {}

  /**
   * The type to compute in: the given one, or the promoted type of all arrays in JAX's lattice, as
   * a floating-point type; {@code canonicalize_dtype}.
   *
   * @param dtype the configured type; null to infer it
   * @param arrays the operands; nulls are ignored
   * @throws IllegalArgumentException if {@code dtype} is not a floating-point type
   */
  public static DType canonicalizeDtype(@Nullable DType dtype, @Nullable Array... arrays) {
    if (dtype != null) {
      requireInexact("dtype", dtype);
      return dtype;
    }
    DType common = DType.BOOL;
    for (Array array : arrays) {
      if (array != null) {
        common = DType.promote(common, array.dtype());
      }
    }
    return common.isFloating() ? common : DType.FLOAT32;
  }

  /**
   * The arrays cast to one type; {@code promote_dtype}.
   *
   * @return as many as were given, null where that was null
   * @throws IllegalArgumentException if {@code dtype} is not a floating-point type
   */
  public static List<@Nullable Array> promoteDtype(
      @Nullable DType dtype, @Nullable Array... arrays) {
    DType common = canonicalizeDtype(dtype, arrays);
    @Nullable Array[] cast = new @Nullable Array[arrays.length];
    for (int i = 0; i < cast.length; i++) {
      Array array = arrays[i];
      cast[i] = array == null ? null : array.astype(common);
    }
    return Collections.unmodifiableList(Arrays.asList(cast));
  }

  /**
   * Checks that a type is a floating-point one.
   *
   * @param argument Flax's name of the argument, for the message
   * @throws IllegalArgumentException if it is not
   */
  public static void requireInexact(String argument, DType dtype) {
    if (!dtype.isFloating()) {
      throw new IllegalArgumentException(
          "%s: Dtype must be inexact (floating-point), got %s"
              .formatted(ArgumentName.argument(argument), dtype));
    }
  }
}
