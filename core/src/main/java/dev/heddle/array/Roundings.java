package dev.heddle.array;

import dev.heddle.kernel.Rounding;

/** How float32 computation is rounded for a type. */
final class Roundings {
  private Roundings() {}

  /**
   * The rounding after each operation of a type that is computed in float32.
   *
   * @throws IllegalArgumentException if the type is not computed in float32
   */
  static Rounding of(DType dtype) {
    return switch (dtype) {
      case BFLOAT16 -> Rounding.BFLOAT16;
      case FLOAT16 -> Rounding.FLOAT16;
      case FLOAT32 -> Rounding.NONE;
      case FLOAT64, INT32, INT64, UINT8, UINT32, BOOL ->
          throw new IllegalArgumentException("expected a type computed in float32, got " + dtype);
    };
  }
}
