package dev.heddle.array;

import java.util.Arrays;

/**
 * The elements of an array in row-major order on the Java heap, one class per element type.
 *
 * <p>The records hold their array without copying it: it must not be written to any more.
 * Conversions follow JAX's {@code astype}: to nearest even between floating-point types, towards
 * zero and saturating from those to integers (NaN is 0), wrapping between integers, "not zero" to
 * bool.
 *
 * <p>Long because the nine records of a sealed interface belong in one file.
 */
sealed interface Storage {

  /** The element type. */
  DType dtype();

  /** The number of elements. */
  int size();

  /** An element as float32. */
  float floatAt(int index);

  /** An element as float64. */
  double doubleAt(int index);

  /** An element as a 64-bit integer. */
  long longAt(int index);

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

  /** A new storage of the elements at the given indices, in that order. */
  Storage gather(int[] indices);

  /** A new storage of {@code length} elements from {@code from} on. */
  Storage slice(int from, int length);

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

  /** Zeros of a type. */
  static Storage zeros(DType dtype, int size) {
    return switch (dtype) {
      case FLOAT32 -> new F32(new float[size]);
      case FLOAT64 -> new F64(new double[size]);
      case BFLOAT16 -> new BF16(new short[size]);
      case FLOAT16 -> new F16(new short[size]);
      case INT32 -> new I32(new int[size]);
      case INT64 -> new I64(new long[size]);
      case UINT8 -> new U8(new byte[size]);
      case UINT32 -> new U32(new int[size]);
      case BOOL -> new Bool(new byte[size]);
    };
  }

  /** A storage filled with one value, converted to a type without a temporary array. */
  static Storage full(DType dtype, double value, int size) {
    Storage all = zeros(dtype, size);
    switch (ofDoubles(dtype, new double[] {value})) {
      case F32(float[] one) -> Arrays.fill(((F32) all).values, one[0]);
      case F64(double[] one) -> Arrays.fill(((F64) all).values, one[0]);
      case BF16(short[] one) -> Arrays.fill(((BF16) all).values, one[0]);
      case F16(short[] one) -> Arrays.fill(((F16) all).values, one[0]);
      case I32(int[] one) -> Arrays.fill(((I32) all).values, one[0]);
      case U32(int[] one) -> Arrays.fill(((U32) all).values, one[0]);
      case I64(long[] one) -> Arrays.fill(((I64) all).values, one[0]);
      case U8(byte[] one) -> Arrays.fill(((U8) all).values, one[0]);
      case Bool(byte[] one) -> Arrays.fill(((Bool) all).values, one[0]);
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
        return dtype == DType.BFLOAT16
            ? new BF16(Half.toBfloat16(values))
            : new F16(Half.toFloat16(values));
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
      case BFLOAT16 -> {
        short[] out = new short[n];
        for (int i = 0; i < n; i++) {
          out[i] = Half.toBfloat16(values[i]);
        }
        yield new BF16(out);
      }
      case FLOAT16 -> {
        short[] out = new short[n];
        for (int i = 0; i < n; i++) {
          out[i] = Half.toFloat16(values[i]);
        }
        yield new F16(out);
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
      case INT32 -> {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
          out[i] = (int) values[i];
        }
        yield new I32(out);
      }
      case UINT8 -> {
        byte[] out = new byte[n];
        for (int i = 0; i < n; i++) {
          out[i] = (byte) values[i];
        }
        yield new U8(out);
      }
      case UINT32 -> {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
          out[i] = (int) values[i];
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

  private static int[] pick(int[] values, int[] indices) {
    int[] out = new int[indices.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[indices[i]];
    }
    return out;
  }

  private static short[] pick(short[] values, int[] indices) {
    short[] out = new short[indices.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[indices[i]];
    }
    return out;
  }

  private static byte[] pick(byte[] values, int[] indices) {
    byte[] out = new byte[indices.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[indices[i]];
    }
    return out;
  }

  /** float32. */
  record F32(float[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.FLOAT32;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return values[index];
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }

    @Override
    public long longAt(int index) {
      return (long) values[index];
    }

    @Override
    public float[] floats() {
      return values;
    }

    @Override
    public Storage gather(int[] indices) {
      float[] out = new float[indices.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = values[indices[i]];
      }
      return new F32(out);
    }

    @Override
    public Storage slice(int from, int length) {
      return new F32(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** float64. */
  record F64(double[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.FLOAT64;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return (float) values[index];
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }

    @Override
    public long longAt(int index) {
      return (long) values[index];
    }

    @Override
    public double[] doubles() {
      return values;
    }

    @Override
    public Storage gather(int[] indices) {
      double[] out = new double[indices.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = values[indices[i]];
      }
      return new F64(out);
    }

    @Override
    public Storage slice(int from, int length) {
      return new F64(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** bfloat16, as its bits. */
  record BF16(short[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.BFLOAT16;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return Half.fromBfloat16(values[index]);
    }

    @Override
    public double doubleAt(int index) {
      return floatAt(index);
    }

    @Override
    public long longAt(int index) {
      return (long) floatAt(index);
    }

    @Override
    public float[] floats() {
      return Half.fromBfloat16(values);
    }

    @Override
    public Storage gather(int[] indices) {
      return new BF16(pick(values, indices));
    }

    @Override
    public Storage slice(int from, int length) {
      return new BF16(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** float16, as its bits. */
  record F16(short[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.FLOAT16;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return Half.fromFloat16(values[index]);
    }

    @Override
    public double doubleAt(int index) {
      return floatAt(index);
    }

    @Override
    public long longAt(int index) {
      return (long) floatAt(index);
    }

    @Override
    public float[] floats() {
      return Half.fromFloat16(values);
    }

    @Override
    public Storage gather(int[] indices) {
      return new F16(pick(values, indices));
    }

    @Override
    public Storage slice(int from, int length) {
      return new F16(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** int32. */
  record I32(int[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.INT32;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return values[index];
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }

    @Override
    public long longAt(int index) {
      return values[index];
    }

    @Override
    public Storage gather(int[] indices) {
      return new I32(pick(values, indices));
    }

    @Override
    public Storage slice(int from, int length) {
      return new I32(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** int64. */
  record I64(long[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.INT64;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return values[index];
    }

    @Override
    public double doubleAt(int index) {
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

    @Override
    public Storage gather(int[] indices) {
      long[] out = new long[indices.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = values[indices[i]];
      }
      return new I64(out);
    }

    @Override
    public Storage slice(int from, int length) {
      return new I64(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** uint8, as its bits. */
  record U8(byte[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.UINT8;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return values[index] & 0xff;
    }

    @Override
    public double doubleAt(int index) {
      return values[index] & 0xff;
    }

    @Override
    public long longAt(int index) {
      return values[index] & 0xff;
    }

    @Override
    public Storage gather(int[] indices) {
      return new U8(pick(values, indices));
    }

    @Override
    public Storage slice(int from, int length) {
      return new U8(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** uint32, as its bits. */
  record U32(int[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.UINT32;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return longAt(index);
    }

    @Override
    public double doubleAt(int index) {
      return longAt(index);
    }

    @Override
    public long longAt(int index) {
      return values[index] & 0xffffffffL;
    }

    @Override
    public Storage gather(int[] indices) {
      return new U32(pick(values, indices));
    }

    @Override
    public Storage slice(int from, int length) {
      return new U32(Arrays.copyOfRange(values, from, from + length));
    }
  }

  /** bool, as bytes of 0 or 1. */
  record Bool(byte[] values) implements Storage {
    @Override
    public DType dtype() {
      return DType.BOOL;
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public float floatAt(int index) {
      return values[index];
    }

    @Override
    public double doubleAt(int index) {
      return values[index];
    }

    @Override
    public long longAt(int index) {
      return values[index];
    }

    @Override
    public Storage gather(int[] indices) {
      return new Bool(pick(values, indices));
    }

    @Override
    public Storage slice(int from, int length) {
      return new Bool(Arrays.copyOfRange(values, from, from + length));
    }
  }
}
