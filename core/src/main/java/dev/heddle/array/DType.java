package dev.heddle.array;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The element types of an {@link Array}, with JAX's names, sizes and promotion lattice.
 *
 * <pre>{@code
 * DType.promote(DType.INT32, DType.BFLOAT16);   // bfloat16
 * DType.promote(DType.BFLOAT16, DType.FLOAT16); // float32
 * }</pre>
 */
public enum DType {
  /** IEEE 754 binary32. */
  FLOAT32("float32", 4, Kind.FLOAT),
  /** IEEE 754 binary64; in JAX with x64 enabled. */
  FLOAT64("float64", 8, Kind.FLOAT),
  /** The upper half of a binary32. */
  BFLOAT16("bfloat16", 2, Kind.FLOAT),
  /** IEEE 754 binary16. */
  FLOAT16("float16", 2, Kind.FLOAT),
  /** Signed 32-bit integers, two's complement, wrapping. */
  INT32("int32", 4, Kind.SIGNED),
  /** Signed 64-bit integers, two's complement, wrapping. */
  INT64("int64", 8, Kind.SIGNED),
  /** Unsigned 8-bit integers, wrapping. */
  UINT8("uint8", 1, Kind.UNSIGNED),
  /** Unsigned 32-bit integers, wrapping. */
  UINT32("uint32", 4, Kind.UNSIGNED),
  /** Truth values, stored as one byte, 0 or 1. */
  BOOL("bool", 1, Kind.BOOL);

  private enum Kind {
    FLOAT,
    SIGNED,
    UNSIGNED,
    BOOL
  }

  private final String typeName;
  private final int itemSize;
  private final Kind kind;

  DType(String typeName, int itemSize, Kind kind) {
    this.typeName = typeName;
    this.itemSize = itemSize;
    this.kind = kind;
  }

  /**
   * The type with a name of NumPy's, such as {@code float32} or {@code bool}.
   *
   * @throws IllegalArgumentException if there is no such type
   */
  public static DType of(String name) {
    for (DType dtype : values()) {
      if (dtype.typeName.equals(name)) {
        return dtype;
      }
    }
    throw new IllegalArgumentException(
        "dtype: expected one of "
            + Arrays.stream(values()).map(DType::toString).collect(Collectors.joining(", "))
            + ", got \""
            + name
            + "\"");
  }

  /** The size of an element in bytes. */
  public int itemSize() {
    return itemSize;
  }

  /** Whether elements are floating-point numbers (JAX: inexact). */
  public boolean isFloating() {
    return kind == Kind.FLOAT;
  }

  /** Whether elements are integers; {@code bool} is not. */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /** Whether elements are bfloat16 or float16, which are computed in float32 and rounded. */
  public boolean isHalf() {
    return this == BFLOAT16 || this == FLOAT16;
  }

  /**
   * The type in which arithmetic on this type is computed: float64 for float64, float32 for the
   * other floating-point types.
   *
   * @throws IllegalStateException for integers and bool
   */
  public DType computeType() {
    if (!isFloating()) {
      throw new IllegalStateException(this + " is not a floating-point type");
    }
    return this == FLOAT64 ? FLOAT64 : FLOAT32;
  }

  /**
   * The smallest finite number, {@code jnp.finfo(dtype).min}: the score of a masked key.
   *
   * @throws IllegalStateException for integers and bool
   */
  public double finfoMin() {
    return switch (this) {
      case FLOAT32 -> -Float.MAX_VALUE;
      case FLOAT64 -> -Double.MAX_VALUE;
      case BFLOAT16 -> Float.intBitsToFloat(0xff7f0000);
      case FLOAT16 -> -65504.0;
      case INT32, INT64, UINT8, UINT32, BOOL ->
          throw new IllegalStateException("finfo: expected a floating-point type, got " + this);
    };
  }

  /**
   * The result type of an operation on two arrays, by JAX's lattice (with x64 enabled): bool below
   * integers below floats, uint32 with int32 is int64, bfloat16 with float16 is float32.
   */
  public static DType promote(DType a, DType b) {
    if (a == b || b == BOOL) {
      return a;
    }
    if (a == BOOL) {
      return b;
    }
    if (a.isFloating() != b.isFloating()) {
      return a.isFloating() ? a : b;
    }
    if (a.itemSize == b.itemSize) {
      return a.isFloating() ? FLOAT32 : INT64; // bfloat16 with float16; int32 with uint32
    }
    return a.itemSize > b.itemSize ? a : b;
  }

  /** NumPy's name. */
  @Override
  public String toString() {
    return typeName;
  }
}
