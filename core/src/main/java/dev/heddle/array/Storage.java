package dev.heddle.array;

import dev.heddle.kernel.Rounding;
import java.util.function.BiConsumer;

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

  /**
   * New elements of this type, computed from these in the type of the computation: float64, float32
   * for the other floating-point types, else int64.
   *
   * @param size the number of new elements
   */
  default Storage mapped(
      int size,
      BiConsumer<float[], float[]> floats,
      BiConsumer<double[], double[]> doubles,
      BiConsumer<long[], long[]> longs) {
    if (dtype() == DType.FLOAT64) {
      double[] out = new double[size];
      doubles.accept(doubles(), out);
      return new F64(out);
    }
    if (dtype().isFloating()) {
      float[] out = new float[size];
      floats.accept(floats(), out);
      return ofFloats(dtype(), out);
    }
    long[] out = new long[size];
    longs.accept(longs(), out);
    return ofLongs(dtype(), out);
  }

  /** {@link #mapped} of a floating-point type. */
  default Storage mapped(
      int size, BiConsumer<float[], float[]> floats, BiConsumer<double[], double[]> doubles) {
    return mapped(
        size,
        floats,
        doubles,
        (in, out) -> {
          throw new IllegalStateException("expected a floating-point type, got " + dtype());
        });
  }

  /** A storage backed by a Java array of the kind that the type is stored in. */
  static Storage of(DType dtype, Object values) {
    return switch (dtype) {
      case FLOAT32 -> new F32((float[]) values);
      case FLOAT64 -> new F64((double[]) values);
      case BFLOAT16, FLOAT16 -> new Halves(dtype, (short[]) values);
      case INT32, UINT32 -> new Ints(dtype, (int[]) values);
      case INT64 -> new I64((long[]) values);
      case UINT8 -> new U8((byte[]) values);
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
    StorageLoops.fill(all.values(), ofDoubles(dtype, new double[] {value}).values());
    return all;
  }

  /** A new storage of {@code length} elements from {@code from} on. */
  default Storage slice(int from, int length) {
    return of(dtype(), StorageLoops.copyOfRange(values(), from, from + length));
  }

  /** A new storage of the elements at the given indices, in that order. */
  default Storage gather(int[] indices) {
    Storage all = zeros(dtype(), indices.length);
    StorageLoops.gather(values(), indices, all.values());
    return all;
  }

  /** Float32 values converted to a type; float32 uses the array itself. */
  static Storage ofFloats(DType dtype, float[] values) {
    if (dtype.isHalf()) {
      return of(dtype, Half.of(dtype, values));
    }
    return of(dtype, dtype == DType.FLOAT32 ? values : StorageLoops.convert(values, dtype));
  }

  /** Float64 values converted to a type; float64 uses the array itself. */
  static Storage ofDoubles(DType dtype, double[] values) {
    if (dtype.isHalf()) {
      short[] out = new short[values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = dtype == DType.BFLOAT16 ? Half.toBfloat16(values[i]) : Half.toFloat16(values[i]);
      }
      return of(dtype, out);
    }
    return of(dtype, dtype == DType.FLOAT64 ? values : StorageLoops.convert(values, dtype));
  }

  /** Integers converted to a type, wrapping; int64 uses the array itself. */
  static Storage ofLongs(DType dtype, long[] values) {
    if (dtype.isHalf()) {
      return ofFloats(dtype, (float[]) StorageLoops.convert(values, DType.FLOAT32));
    }
    return of(dtype, dtype == DType.INT64 ? values : StorageLoops.convert(values, dtype));
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

  /** bfloat16 or float16, as their bits. */
  record Halves(DType dtype, short[] values) implements Storage {
    @Override
    public double doubleAt(int index) {
      return dtype == DType.BFLOAT16
          ? Rounding.fromBfloat16(values[index])
          : Float.float16ToFloat(values[index]);
    }

    @Override
    public float[] floats() {
      return Half.floats(dtype, values);
    }
  }

  /** int32 or, as its bits, uint32. */
  record Ints(DType dtype, int[] values) implements Storage {
    @Override
    public double doubleAt(int index) {
      return dtype == DType.INT32 ? values[index] : Integer.toUnsignedLong(values[index]);
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
