package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A public array operation that {@code heddle bench --operations} measures.
 *
 * @param name class and method: {@code Elementwise.exp}
 * @param kind the dtypes, and whether it is differentiated
 * @param body the operation, as a function of the differentiated input and other inputs
 * @param flops the floating-point operations by side; null for an operation that is measured in
 *     bytes
 * @param reason the reason where it is ten times slower than others of its class; otherwise empty
 */
record Operation(String name, Kind kind, Body body, @Nullable Flops flops, String reason) {
  /** The measured computation. */
  interface Body {
    /** Applies the operation to the differentiated input. */
    Array apply(Array x, OperationInputs in);
  }

  /** The amount of computation. */
  interface Flops {
    /** The floating-point operations for inputs of {@code side} rows and columns. */
    double of(double side);
  }

  /** The dtypes, and whether the derivative is measured. */
  enum Kind {
    /** Floating-point types, with a derivative. */
    FLOAT(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16), true),
    /** Floating-point types and integers, with a derivative. */
    NUMBER(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16, DType.INT32), true),
    /** Floating-point types and integers, without a derivative. */
    PLAIN(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16, DType.INT32), false),
    /** Floating-point types without a derivative. */
    FLOAT_PLAIN(List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16), false),
    /** float32 alone, with a derivative. */
    FLOAT32_ONLY(List.of(DType.FLOAT32), true),
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

  /** The class that declares the method; its operations form one table. */
  String group() {
    return name.substring(0, name.indexOf('.'));
  }

  String method() {
    return name.substring(name.indexOf('.') + 1);
  }

  boolean isProduct() {
    return flops != null;
  }

  /** Whether the operation supports the dtype. */
  Operation withReason(String given) {
    return new Operation(name, kind, body, flops, given);
  }
}
