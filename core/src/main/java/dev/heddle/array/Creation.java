package dev.heddle.array;

/** Arrays created by a rule. See {@link Array} for arrays of given values. */
public final class Creation {
  private Creation() {}

  /** start, start + step, ... up to stop, exclusive, {@code jnp.arange}. */
  public static Array arange(double start, double stop, double step, DType dtype) {
    if (step == 0 || Double.isNaN(step)) {
      throw new IllegalArgumentException(
          "arange: argument \"step\": expected a number other than 0, got " + step);
    }
    int n = (int) Math.max(0, Math.ceil((stop - start) / step)); // saturates
    double[] values = new double[Shape.of(n).size()];
    for (int i = 0; i < n; i++) {
      values[i] = start + i * step;
    }
    return Array.wrap(Storage.ofDoubles(dtype, values), Shape.of(n));
  }

  /** 0, 1, ..., stop - 1 as int32, {@code jnp.arange}. */
  public static Array arange(int stop) {
    return arange(0, stop, 1, DType.INT32);
  }

  /** Evenly spaced numbers from start to stop, both included, {@code jnp.linspace}. */
  public static Array linspace(double start, double stop, int count, DType dtype) {
    double[] values = new double[Shape.of(count).size()];
    for (int i = 0; i < count; i++) {
      double part = count == 1 ? 0 : (double) i / (count - 1);
      values[i] = start * (1 - part) + stop * part;
    }
    return Array.wrap(Storage.ofDoubles(dtype, values), Shape.of(count));
  }

  /** Ones on a diagonal, zeros elsewhere, {@code jnp.eye}; diagonal 1 is above the main one. */
  public static Array eye(int rows, int columns, int diagonal, DType dtype) {
    Shape shape = Shape.of(rows, columns);
    long[] values = new long[shape.size()];
    for (int row = 0; row < rows; row++) {
      int column = row + diagonal;
      if (column >= 0 && column < columns) {
        values[row * columns + column] = 1;
      }
    }
    return Array.wrap(Storage.ofLongs(dtype, values), shape);
  }

  /** The identity matrix, {@code jnp.eye}. */
  public static Array eye(int size, DType dtype) {
    return eye(size, size, 0, dtype);
  }

  /** Ones on and below a diagonal, zeros above, {@code jnp.tri}. */
  public static Array tri(int rows, int columns, int diagonal, DType dtype) {
    Shape shape = Shape.of(rows, columns);
    long[] values = new long[shape.size()];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns && column <= row + diagonal; column++) {
        values[row * columns + column] = 1;
      }
    }
    return Array.wrap(Storage.ofLongs(dtype, values), shape);
  }

  /** An array of indices along one axis, {@code lax.broadcasted_iota}. */
  public static Array iota(DType dtype, int axis, int... shape) {
    Shape of = Shape.of(shape);
    int along = Axes.one("iota", axis, of);
    int stride = of.strides()[along];
    long[] values = new long[of.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / stride % shape[along];
    }
    return Array.wrap(Storage.ofLongs(dtype, values), of);
  }

  /**
   * One-hot vectors of indices on a new last axis, {@code jax.nn.one_hot}; zeros for indices out of
   * range.
   */
  public static Array oneHot(Array indices, int classes, DType dtype) {
    Array range = arange(0, classes, 1, indices.dtype());
    return Cast.astype(Compare.equal(Reshape.expandDims(indices, -1), range), dtype);
  }

  /**
   * A weakly typed scalar, as JAX treats a Python number: of the array's type, except that
   * fractions with integers or bool are float32 and whole numbers with bool are int32.
   */
  public static Array scalarLike(Array x, double number) {
    if (x.dtype().isFloating()) {
      return Array.scalar(number, x.dtype());
    }
    boolean whole = number == Math.rint(number) && !Double.isInfinite(number);
    DType integer = x.dtype() == DType.BOOL ? DType.INT32 : x.dtype();
    return Array.scalar(number, whole ? integer : DType.FLOAT32);
  }

  /** Zeros of an array's shape and type, {@code jnp.zeros_like}. */
  public static Array zerosLike(Array x) {
    return Array.zeros(x.dtype(), x.shape().dims());
  }

  /** Ones of an array's shape and type, {@code jnp.ones_like}. */
  public static Array onesLike(Array x) {
    return Array.full(1, x.dtype(), x.shape().dims());
  }
}
