package dev.heddle.array;

import dev.heddle.kernel.Rounding;

/** How computation is rounded for a type. */
final class Roundings {
  private Roundings() {}

  /** The rounding after each operation of a type in the type of its computation. */
  static Rounding of(DType dtype) {
    return switch (dtype) {
      case BFLOAT16 -> Rounding.BFLOAT16;
      case FLOAT16 -> Rounding.FLOAT16;
      case FLOAT32, FLOAT64, INT32, INT64, UINT8, UINT32, BOOL -> Rounding.NONE;
    };
  }
}
