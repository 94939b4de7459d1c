package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A public operation on arrays, as {@code heddle bench --operations} measures it.
 *
 * @param name class and method: {@code Elementwise.exp}
 * @param kind in which types, and whether it is differentiated
 * @param body the operation, of the input that it is differentiated by and others
 * @param flops the multiply-adds, times two, for a side; null for an operation that is measured in
 *     bytes
 * @param reason why it is ten times slower than its neighbours or than float32, where it is; empty
 *     where it is not
 */
record Operation(String name, Kind kind, Body body, @Nullable Flops flops, String reason) {
  /** What is measured. */
  interface Body {
    /** Applies the operation to the input that it is differentiated by. */
    Array apply(Array x, OperationInputs in);
  }

  /** How much is computed. */
  interface Flops {
    /** The floating-point operations for rows and columns of a number. */
    double of(double side);
  }

  /** Types, and whether there is a derivative to measure. */
  enum Kind {
    /** Floating-point types, with a derivative. */
    FLOAT(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16), true),
    /** Floating-point types and integers, with a derivative. */
    NUMBER(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16, DType.INT32), true),
    /** The same without. */
    PLAIN(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16, DType.INT32), false),
    /** Floating-point types without a derivative. */
    FLOAT_PLAIN(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16), false),
    /** float32 alone, with a derivative. */
    FLOAT32_ONLY(List.of(DType.FLOAT32), true),
    /** float32 and 16 bits without a derivative. */
    NARROW_PLAIN(List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16), false),
    /** bool alone. */
    FLAGS(List.of(DType.BOOL), false);

    private final List<DType> dtypes;
    private final boolean differentiable;

    Kind(List<DType> dtypes, boolean differentiable) {
      this.dtypes = dtypes;
      this.differentiable = differentiable;
    }

    List<DType> dtypes() {
      return dtypes;
    }

    boolean isDifferentiable() {
      return differentiable;
    }
  }

  /** The class whose method it is; the others of it are its neighbours. */
  String group() {
    return name.substring(0, name.indexOf('.'));
  }

  String method() {
    return name.substring(name.indexOf('.') + 1);
  }

  boolean isProduct() {
    return flops != null;
  }

  /** Whether its body begins with an input of the dtype at all. */
  Operation withReason(String given) {
    return new Operation(name, kind, body, flops, given);
  }
}
