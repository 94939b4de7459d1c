package dev.heddle.array;

import java.util.Arrays;

/**
 * The elements of an array in row-major order on the Java heap, one record per element type; what
 * depends on the Java array alone is written once for each of its six kinds.
 *
 * <p>The records hold their array without copying it: it must not be written to any more.
 * Conversions follow JAX's {@code astype}: to nearest even between floating-point types, towards
 * zero and saturating from those to integers (NaN is 0), wrapping between integers, "not zero" to
 * bool.
 */
sealed interface Storage {

  /** The element type. */
  DType dtype();

  /** The Java array, which must not be written to. */
  Object values();

  /** The number of elements. */
  default int size() {
    return java.lang.reflect.Array.getLength(values());
  }

  /** An element as float64. */
  double doubleAt(int index);

  /** An element as float32. */
  default float floatAt(int index) {
    return (float) doubleAt(index); // exact steps, but for int64
  }

  /** An element as a 64-bit integer. */
  default long longAt(int index) {
    return (long) doubleAt(index); // exact, but for int64
  }

  /** Whether an element is not zero; true for NaN. */
  default boolean booleanAt(int index) {
    return dtype().isFloating() ? doubleAt(index) != 0 : longAt(index) != 0;
  }

  /** All elements as float32: the array itself if it is float32, otherwise a new one. */
  default float[] floats() {
    float[] out = new float[size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = floatAt(i);
    }
    return out;
  }

  /** All elements as float64: the array itself if it is float64, otherwise a new one. */
  default double[] doubles() {
    double[] out = new double[size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = doubleAt(i);
    }
    return out;
  }

  /** All elements as 64-bit integers: the array itself if it is int64, otherwise a new one. */
  default long[] longs() {
    long[] out = new long[size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = longAt(i);
    }
    return out;
  }

  /** The elements converted; this storage itself if it already has the type. */
  default Storage to(DType target) {
    if (target == dtype()) {
      return this;
    }
    if (dtype().isFloating()) {
      return dtype() == DType.FLOAT64 ? ofDoubles(target, doubles()) : ofFloats(target, floats());
    }
    return ofLongs(target, longs());
  }

  /** A storage backed by a Java array of the kind that the type is stored in. */
  static Storage of(DType dtype, Object values) {
    return switch (dtype) {
      case FLOAT32 -> new F32((float[]) values);
      case FLOAT64 -> new F64((double[]) values);
      case BFLOAT16 -> new BF16((short[]) values);
      case FLOAT16 -> new F16((short[]) values);
      case INT32 -> new I32((int[]) values);
      case INT64 -> new I64((long[]) values);
      case UINT8 -> new U8((byte[]) values);
      case UINT32 -> new U32((int[]) values);
      case BOOL -> new Bool((byte[]) values);
    };
  }

  /** Zeros of a type. */
  static Storage zeros(DType dtype, int size) {
    return of(
        dtype,
        switch (dtype) {
          case FLOAT32 -> new float[size];
          case FLOAT64 -> new double[size];
          case BFLOAT16, FLOAT16 -> new short[size];
          case INT32, UINT32 -> new int[size];
          case INT64 -> new long[size];
          case UINT8, BOOL -> new byte[size];
        });
  }

  /** A storage filled with one value, converted to a type without a temporary array. */
  static Storage full(DType dtype, double value, int size) {
    Storage all = zeros(dtype, size);
    Object one = ofDoubles(dtype, new double[] {value}).values();
    switch (all.values()) {
      case float[] values -> Arrays.fill(values, ((float[]) one)[0]);
      case double[] values -> Arrays.fill(values, ((double[]) one)[0]);
      case short[] values -> Arrays.fill(values, ((short[]) one)[0]);
      case int[] values -> Arrays.fill(values, ((int[]) one)[0]);
      case long[] values -> Arrays.fill(values, ((long[]) one)[0]);
      case byte[] values -> Arrays.fill(values, ((byte[]) one)[0]);
      default -> throw new AssertionError(dtype);
    }
    return all;
  }

  /** A new storage of {@code length} elements from {@code from} on. */
  default Storage slice(int from, int length) {
    int to = from + length;
    return of(
        dtype(),
        switch (values()) {
          case float[] values -> Arrays.copyOfRange(values, from, to);
          case double[] values -> Arrays.copyOfRange(values, from, to);
          case short[] values -> Arrays.copyOfRange(values, from, to);
          case int[] values -> Arrays.copyOfRange(values, from, to);
          case long[] values -> Arrays.copyOfRange(values, from, to);
          case byte[] values -> Arrays.copyOfRange(values, from, to);
          default -> throw new AssertionError(dtype());
        });
  }

  /** A new storage of the elements at the given indices, in that order. */
  default Storage gather(int[] indices) {
    Storage all = zeros(dtype(), indices.length);
    int n = indices.length;
    switch (all.values()) {
      case float[] out -> {
        float[] in = (float[]) values();
        for (int i = 0; i < n; i++) {
          out[i] = in[indices[i]];
        }
      }
      case double[] out -> {
        double[] in = (double[]) values();
        for (int i = 0; i < n; i++) {
          out[i] = in[indices[i]];
        }
      }
      case short[] out -> {
        short[] in = (short[]) values();
        for (int i = 0; i < n; i++) {
          out[i] = in[indices[i]];
        }
      }
      case int[] out -> {
        int[] in = (int[]) values();
        for (int i = 0; i < n; i++) {
          out[i] = in[indices[i]];
        }
      }
      case long[] out -> {
        long[] in = (long[]) values();
        for (int i = 0; i < n; i++) {
          out[i] = in[indices[i]];
        }
      }
      case byte[] out -> {
        byte[] in = (byte[]) values();
        for (int i = 0; i < n; i++) {
          out[i] = in[indices[i]];
        }
      }
      default -> throw new AssertionError(dtype());
    }
    return all;
  }

  /** Float32 values converted to a type; float32 uses the array itself. */
  static Storage ofFloats(DType dtype, float[] values) {
    int n = values.length;
    switch (dtype) {
      case FLOAT32 -> {
        return new F32(values);
      }
      case BFLOAT16, FLOAT16 -> {
        return of(dtype, Half.of(dtype, values));
      }
      case BOOL -> {
        byte[] out = new byte[n];
        for (int i = 0; i < n; i++) {
          out[i] = (byte) (values[i] != 0 ? 1 : 0);
        }
        return new Bool(out);
      }
      case FLOAT64, INT32, INT64, UINT8, UINT32 -> {
        double[] converted = new double[n];
        for (int i = 0; i < n; i++) {
          converted[i] = values[i];
        }
        return ofDoubles(dtype, converted);
      }
    }
    throw new AssertionError(dtype);
  }

  /** Float64 values converted to a type; float64 uses the array itself. */
  static Storage ofDoubles(DType dtype, double[] values) {
    int n = values.length;
    return switch (dtype) {
      case FLOAT64 -> new F64(values);
      case FLOAT32 -> {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
          out[i] = (float) values[i];
        }
        yield new F32(out);
      }
      case BFLOAT16, FLOAT16 -> {
        short[] out = new short[n];
        for (int i = 0; i < n; i++) {
          out[i] = dtype == DType.BFLOAT16 ? Half.toBfloat16(values[i]) : Half.toFloat16(values[i]);
        }
        yield of(dtype, out);
      }
      case INT32 -> {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
          out[i] = (int) values[i];
        }
        yield new I32(out);
      }
      case INT64 -> {
        long[] out = new long[n];
        for (int i = 0; i < n; i++) {
          out[i] = (long) values[i];
        }
        yield new I64(out);
      }
      case UINT8 -> {
        byte[] out = new byte[n];
        for (int i = 0; i < n; i++) {
          out[i] = (byte) Math.clamp((long) values[i], 0, 0xff);
        }
        yield new U8(out);
      }
      case UINT32 -> {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
          out[i] = (int) Math.clamp((long) values[i], 0L, 0xffffffffL);
        }
        yield new U32(out);
      }
      case BOOL -> {
        byte[] out = new byte[n];
        for (int i = 0; i < n; i++) {
          out[i] = (byte) (values[i] != 0 ? 1 : 0);
        }
        yield new Bool(out);
      }
    };
  }

  /** Integers converted to a type, wrapping; int64 uses the array itself. */
  static Storage ofLongs(DType dtype, long[] values) {
    int n = values.length;
    return switch (dtype) {
      case INT64 -> new I64(values);
      case FLOAT64 -> {
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
          out[i] = values[i];
        }
        yield new F64(out);
      }
      case FLOAT32, BFLOAT16, FLOAT16 -> {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
          out[i] = values[i];
        }
        yield ofFloats(dtype, out);
      }
      case INT32, UINT32 -> {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
          out[i] = (int) values[i];
        }
        yield of(dtype, out);
      }
      case UINT8 -> {
        byte[] out = new byte[n];
        for (int i = 0; i < n; i++) {
          out[i] = (byte) values[i];
        }
        yield new U8(out);
      }
      case BOOL -> {
        byte[] out = new byte[n];
        for (int i = 0; i < n; i++) {
          out[i] = (byte) (values[i] != 0 ? 1 : 0);
        }
        yield new Bool(out);
      }
    };
  }

  /** float32. */
  record F32(float[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.FLOAT32;
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }

    @Override
    public float floatAt(int index) {
      return values[index];
    }

    @Override
    public float[] floats() {
      return values;
    }
  }

  /** float64. */
  record F64(double[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.FLOAT64;
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }

    @Override
    public double[] doubles() {
      return values;
    }
  }

  /** bfloat16, as its bits. */
  record BF16(short[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.BFLOAT16;
    }

    @Override
    public double doubleAt(int index) {
      return Half.fromBfloat16(values[index]);
    }

    @Override
    public float[] floats() {
      return Half.floats(DType.BFLOAT16, values);
    }
  }

  /** float16, as its bits. */
  record F16(short[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.FLOAT16;
    }

    @Override
    public double doubleAt(int index) {
      return Half.fromFloat16(values[index]);
    }

    @Override
    public float[] floats() {
      return Half.floats(DType.FLOAT16, values);
    }
  }

  /** int32. */
  record I32(int[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.INT32;
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }
  }

  /** int64. */
  record I64(long[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.INT64;
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }

    @Override
    public float floatAt(int index) {
      return values[index];
    }

    @Override
    public long longAt(int index) {
      return values[index];
    }

    @Override
    public long[] longs() {
      return values;
    }
  }

  /** uint8, as its bits. */
  record U8(byte[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.UINT8;
    }

    @Override
    public double doubleAt(int index) {
      return values[index] & 0xff;
    }
  }

  /** uint32, as its bits. */
  record U32(int[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.UINT32;
    }

    @Override
    public double doubleAt(int index) {
      return values[index] & 0xffffffffL;
    }
  }

  /** bool, 0 or 1. */
  record Bool(byte[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.BOOL;
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }
  }
}
