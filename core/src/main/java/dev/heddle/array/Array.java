package dev.heddle.array;

import dev.heddle.kernel.ArrayAccess;
import dev.heddle.kernel.Band;
import dev.heddle.kernel.PackedLayouts;
import java.lang.foreign.MemorySegment;
import java.nio.Buffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable n-dimensional array of one element type, row-major.
 *
 * <pre>{@code
 * Array x = Array.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
 * x.shape();        // [2, 3]
 * x.toFloatArray(); // a copy
 * }</pre>
 *
 * <p>Values are copied on the way in and out, so an array never changes. Two arrays are equal if
 * their types, shapes and bits are; all NaNs are equal.
 *
 * <p>Inside a program that is being differentiated, all methods that read elements ({@link #item},
 * the {@code to} methods, {@link #copyTo}, {@link #equals}, {@link #hashCode}) throw {@link
 * ConcretizationTypeException} for an array that depends on the differentiated argument.
 *
 * <p>Long because NumPy's everyday methods belong to one class; each delegates to its operation.
 */
public final class Array implements ArrayTree<Array> {
  static {
    ArrayAccess.register(new Access());
  }

  private final Shape shape;
  private final DType dtype;
  private final @Nullable MaskPattern pattern;
  private final @Nullable Trace trace;
  private volatile @Nullable Storage storage;
  private volatile @Nullable PackedLayouts layouts;
  private volatile @Nullable Array converted;
  private volatile @Nullable Boolean causal;

  private Array(
      Shape shape,
      DType dtype,
      @Nullable Storage storage,
      @Nullable MaskPattern pattern,
      @Nullable Trace trace) {
    this.shape = shape;
    this.dtype = dtype;
    this.storage = storage;
    this.pattern = pattern;
    this.trace = trace;
  }

  /**
   * A float32 array; the values are copied.
   *
   * @param values the elements, row-major
   * @param shape the lengths of the axes; none for one axis of all values
   * @throws IllegalArgumentException if the shape has another number of elements
   */
  public static Array of(float[] values, int... shape) {
    return wrap(new Storage.F32(values.clone()), shapeFor(values.length, shape));
  }

  /** A float64 array; as {@link #of(float[], int...)}. */
  public static Array of(double[] values, int... shape) {
    return wrap(new Storage.F64(values.clone()), shapeFor(values.length, shape));
  }

  /** An int32 array; as {@link #of(float[], int...)}. */
  public static Array of(int[] values, int... shape) {
    return wrap(Storage.of(DType.INT32, values.clone()), shapeFor(values.length, shape));
  }

  /** An int64 array; as {@link #of(float[], int...)}. */
  public static Array of(long[] values, int... shape) {
    return wrap(new Storage.I64(values.clone()), shapeFor(values.length, shape));
  }

  /** A uint8 array; as {@link #of(float[], int...)}. */
  public static Array of(byte[] values, int... shape) {
    return wrap(new Storage.U8(values.clone()), shapeFor(values.length, shape));
  }

  /** A bool array; as {@link #of(float[], int...)}. */
  public static Array of(boolean[] values, int... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return wrap(new Storage.Bool(bytes), shapeFor(values.length, shape));
  }

  /**
   * An array of a buffer's remaining elements, in its byte order; they are copied, and the buffer's
   * position does not change. Float, double, int, long and byte buffers give float32, float64,
   * int32, int64 and uint8.
   *
   * @throws IllegalArgumentException if the shape has another number of elements, or for another
   *     type of buffer
   */
  public static Array of(Buffer buffer, int... shape) {
    return of(buffer, NioBuffers.dtype(buffer), shape);
  }

  /**
   * An array of a buffer's remaining elements, of a type that is stored in such elements: uint32 in
   * an int buffer, bool in a byte buffer, bfloat16 or float16, as their bits, in a short buffer;
   * otherwise as {@link #of(Buffer, int...)}. To read bytes as another type use {@code
   * MemorySegment.ofBuffer}.
   *
   * @throws IllegalArgumentException if the shape has another number of elements, or the type is
   *     not stored in such elements
   */
  public static Array of(Buffer buffer, DType dtype, int... shape) {
    return wrap(NioBuffers.read(buffer, dtype), shapeFor(buffer.remaining(), shape));
  }

  /** An array of one value and no axes, rounded or converted to the type. */
  public static Array scalar(double value, DType dtype) {
    return full(value, dtype);
  }

  /**
   * An array of one integer and no axes: exact in int64, else as {@link #scalar(double, DType)}.
   */
  public static Array scalar(long value, DType dtype) {
    return full(value, dtype);
  }

  /** An array of zeros. */
  public static Array zeros(DType dtype, int... shape) {
    Shape of = Shape.of(shape);
    return wrap(Storage.zeros(dtype, of.size()), of);
  }

  /** An array filled with one value, rounded or converted to the type. */
  public static Array full(double value, DType dtype, int... shape) {
    Shape of = Shape.of(shape);
    return wrap(Storage.full(dtype, value, of.size()), of);
  }

  /**
   * An array filled with one integer: exact in int64, else as {@link #full(double, DType, int...)}.
   */
  public static Array full(long value, DType dtype, int... shape) {
    if (dtype != DType.INT64) {
      return full((double) value, dtype, shape);
    }
    Shape of = Shape.of(shape);
    long[] values = new long[of.size()];
    Arrays.fill(values, value);
    return wrap(new Storage.I64(values), of);
  }

  /**
   * An array of the little-endian elements in a memory segment, which are copied. Any byte that is
   * not 0 is true for bool.
   *
   * @throws IllegalArgumentException if the segment is not exactly as long as the elements
   */
  public static Array of(MemorySegment segment, DType dtype, int... shape) {
    Shape of = Shape.of(shape);
    requireBytes(segment, dtype, of);
    return wrap(LittleEndian.read(segment, dtype, of.size()), of);
  }

  private static void requireBytes(MemorySegment segment, DType dtype, Shape shape) {
    long expected = (long) shape.size() * dtype.itemSize();
    if (segment.byteSize() != expected) {
      throw new IllegalArgumentException(
          "segment: expected %d bytes for %s of shape %s, got %d"
              .formatted(expected, dtype, shape, segment.byteSize()));
    }
  }

  /** An array backed by a storage, which must not be written to any more. */
  static Array wrap(Storage storage, Shape shape) {
    if (storage.size() != shape.size()) {
      throw new IllegalArgumentException(
          "shape: expected one of " + storage.size() + " elements, got " + shape);
    }
    return new Array(shape, storage.dtype(), storage, null, null);
  }

  /** An array whose elements are computed when first read. */
  static Array deferred(MaskPattern pattern, Shape shape, DType dtype) {
    return new Array(shape, dtype, null, pattern, null);
  }

  /**
   * The elements of x where the condition is not zero, else those of y, with broadcasting, in the
   * common type of x and y; {@code jnp.where}.
   *
   * @throws IllegalArgumentException if the shapes do not broadcast
   */
  public static Array where(Array condition, Array x, Array y) {
    return Where.where(condition, x, y);
  }

  private static Shape shapeFor(int size, int... shape) {
    Shape of = shape.length == 0 ? Shape.of(size) : Shape.of(shape);
    if (of.size() != size) {
      throw new IllegalArgumentException(
          "values: expected " + of.size() + " for shape " + of + ", got " + size);
    }
    return of;
  }

  /** The lengths of the axes. */
  public Shape shape() {
    return shape;
  }

  /** The element type. */
  public DType dtype() {
    return dtype;
  }

  /** The number of axes. */
  public int rank() {
    return shape.rank();
  }

  /** The number of elements. */
  public int size() {
    return shape.size();
  }

  /**
   * The elements, which must not be written to.
   *
   * @throws ConcretizationTypeException if a differentiation traces this array; for its elements as
   *     constants see {@link #untraced}
   */
  Storage storage() {
    return elements("storage");
  }

  /** The elements; every method that reads them calls this one. */
  private Storage elements(String reader) {
    if (trace != null) {
      if (isTraced()) {
        throw new ConcretizationTypeException(reader, this);
      }
      return untraced().elements(reader);
    }
    Storage elements = storage;
    if (elements == null) {
      if (pattern == null) {
        throw new IllegalStateException("an array without elements or pattern");
      }
      shape.size(); // throws if there are more than a Java array can hold
      elements = pattern.materialize(shape, dtype); // two threads may compute equal ones
      storage = elements;
    }
    return elements;
  }

  /**
   * Whether a differentiation that has not ended traces this array. Until it ends, the elements can
   * be read only as constants, by {@code Grad.stopGradient}.
   */
  public boolean isTraced() {
    for (Array array = this; array.trace != null; array = array.trace.primal) {
      if (array.trace.tracer.isRecording()) {
        return true;
      }
    }
    return false;
  }

  /** The pattern that defines the elements, if there is one. */
  @Nullable MaskPattern pattern() {
    return pattern;
  }

  /** Whether the elements are in memory already. */
  boolean isRead() {
    return trace == null ? storage != null : trace.primal.isRead();
  }

  /**
   * The band of the last two axes on which this is not zero, if it has a pattern that says so or is
   * a causal mask: not zero on and below the diagonal, and zero above, which is checked once. Null
   * if it is another array.
   */
  @Nullable Band band() {
    if (trace != null) {
      return trace.primal.band();
    }
    if (pattern != null) {
      return pattern instanceof MaskPattern.Diagonals(Band band) ? band : null;
    }
    Boolean known = causal;
    if (known == null) {
      known = MaskPattern.Diagonals.areCausal(storage(), shape);
      causal = known; // two threads may compute the same
    }
    return known ? Band.CAUSAL : null;
  }

  /**
   * This array in another type, for arrays that are converted repeatedly, such as parameters. The
   * result is cached in this array.
   */
  Array convertedTo(DType target) {
    if (target == dtype || trace != null) {
      return astype(target);
    }
    Array result = converted;
    if (result == null || result.dtype != target) {
      result = astype(target);
      converted = result; // two threads may compute equal ones
    }
    return result;
  }

  /** The cache of this array's packed layouts for products. */
  PackedLayouts layouts() {
    if (trace != null) {
      return trace.primal.layouts();
    }
    PackedLayouts cached = layouts;
    if (cached == null) {
      cached = new PackedLayouts();
      layouts = cached; // if two threads race, one's layouts are discarded
    }
    return cached;
  }

  /** An array's entry on a tape, and its value without that tracer. */
  private record Trace(Tracer tracer, int tapeIndex, Array primal) {}

  /** The tracer that records operations on this array, the innermost of several; null for none. */
  public @Nullable Tracer tracer() {
    return trace == null ? null : trace.tracer;
  }

  /**
   * For a {@link Tracer}: the same elements, on which the tracer records every operation.
   *
   * @param tapeIndex the entry of this array on the tracer's tape ({@link #tapeIndex()})
   */
  public Array traced(Tracer tracer, int tapeIndex) {
    return new Array(shape, dtype, null, pattern, new Trace(tracer, tapeIndex, this));
  }

  /**
   * For a {@link Tracer}: the entry of this array on its tape.
   *
   * @throws IllegalStateException if the array is not traced
   */
  public int tapeIndex() {
    if (trace == null) {
      throw new IllegalStateException("expected a traced array, got one that is not");
    }
    return trace.tapeIndex;
  }

  /** The array without its innermost tracer; this one if it is not traced. */
  public Array primal() {
    return trace == null ? this : trace.primal;
  }

  /** The array without any tracer, a constant for all of them. */
  public Array untraced() {
    Array array = this;
    while (array.trace != null) {
      array = array.trace.primal;
    }
    return array;
  }

  /** This array alone: it is a tree of one leaf. */
  @Override
  public List<Array> leaves() {
    return List.of(this);
  }

  @Override
  public Array withLeaves(List<Array> leaves) {
    if (leaves.size() != 1) {
      throw new IllegalArgumentException("leaves: expected 1 array, got " + leaves.size());
    }
    return leaves.getFirst();
  }

  /** x + y with broadcasting, in the common type; see {@link Elementwise} for more functions. */
  public Array plus(Array other) {
    return Elementwise.add(this, other);
  }

  /** x + y for a weakly typed number: a floating-point array keeps its type. */
  public Array plus(double number) {
    return Elementwise.add(this, Creation.scalarLike(this, number));
  }

  /** x - y with broadcasting, in the common type. */
  public Array minus(Array other) {
    return Elementwise.subtract(this, other);
  }

  /** x - y for a weakly typed number. */
  public Array minus(double number) {
    return Elementwise.subtract(this, Creation.scalarLike(this, number));
  }

  /** x * y elementwise with broadcasting, in the common type. */
  public Array times(Array other) {
    return Elementwise.multiply(this, other);
  }

  /** x * y for a weakly typed number. */
  public Array times(double number) {
    return Elementwise.multiply(this, Creation.scalarLike(this, number));
  }

  /** x / y with broadcasting, in the common type; integers give float32. */
  public Array dividedBy(Array other) {
    return Elementwise.divide(this, other);
  }

  /** x / y for a weakly typed number; integers give float32. */
  public Array dividedBy(double number) {
    return Elementwise.divide(this, Creation.scalarLike(this, number));
  }

  /** -x. */
  public Array negate() {
    return Elementwise.negative(this);
  }

  /** x to the power of y with broadcasting, in the common type. */
  public Array pow(Array other) {
    return Elementwise.power(this, other);
  }

  /** x to the power of a weakly typed number. */
  public Array pow(double number) {
    return Elementwise.power(this, Creation.scalarLike(this, number));
  }

  /** The larger of x and y, NaN if either is, with broadcasting. */
  public Array maximum(Array other) {
    return Elementwise.maximum(this, other);
  }

  /** The larger of x and a weakly typed number. */
  public Array maximum(double number) {
    return Elementwise.maximum(this, Creation.scalarLike(this, number));
  }

  /** The smaller of x and y, NaN if either is, with broadcasting. */
  public Array minimum(Array other) {
    return Elementwise.minimum(this, other);
  }

  /** The smaller of x and a weakly typed number. */
  public Array minimum(double number) {
    return Elementwise.minimum(this, Creation.scalarLike(this, number));
  }

  /** min(max(x, low), high) for weakly typed numbers, {@code jnp.clip}. */
  public Array clip(double low, double high) {
    return maximum(low).minimum(high);
  }

  /** |x|. */
  public Array abs() {
    return Elementwise.abs(this);
  }

  /** e to the power of x. */
  public Array exp() {
    return Elementwise.exp(this);
  }

  /** The natural logarithm. */
  public Array log() {
    return Elementwise.log(this);
  }

  /** The square root. */
  public Array sqrt() {
    return Elementwise.sqrt(this);
  }

  /** The hyperbolic tangent. */
  public Array tanh() {
    return Elementwise.tanh(this);
  }

  /**
   * Whether the elements are equal, with broadcasting: a bool array; {@link #equals} is of whole
   * arrays.
   */
  public Array equalTo(Array other) {
    return Compare.equal(this, other);
  }

  /** Whether the elements are equal to a weakly typed number. */
  public Array equalTo(double number) {
    return Compare.equal(this, Creation.scalarLike(this, number));
  }

  /** Whether the elements differ, with broadcasting; NaN differs from everything. */
  public Array notEqualTo(Array other) {
    return Compare.notEqual(this, other);
  }

  /** Whether the elements differ from a weakly typed number. */
  public Array notEqualTo(double number) {
    return Compare.notEqual(this, Creation.scalarLike(this, number));
  }

  /** {@code x < y} with broadcasting, a bool array; false for NaN. */
  public Array lessThan(Array other) {
    return Compare.less(this, other);
  }

  /** {@code x < y} for a weakly typed number. */
  public Array lessThan(double number) {
    return Compare.less(this, Creation.scalarLike(this, number));
  }

  /** {@code x <= y} with broadcasting, a bool array; false for NaN. */
  public Array lessOrEqual(Array other) {
    return Compare.lessEqual(this, other);
  }

  /** {@code x <= y} for a weakly typed number. */
  public Array lessOrEqual(double number) {
    return Compare.lessEqual(this, Creation.scalarLike(this, number));
  }

  /** {@code x > y} with broadcasting, a bool array; false for NaN. */
  public Array greaterThan(Array other) {
    return Compare.greater(this, other);
  }

  /** {@code x > y} for a weakly typed number. */
  public Array greaterThan(double number) {
    return Compare.greater(this, Creation.scalarLike(this, number));
  }

  /** {@code x >= y} with broadcasting, a bool array; false for NaN. */
  public Array greaterOrEqual(Array other) {
    return Compare.greaterEqual(this, other);
  }

  /** {@code x >= y} for a weakly typed number. */
  public Array greaterOrEqual(double number) {
    return Compare.greaterEqual(this, Creation.scalarLike(this, number));
  }

  /** The matrix product over the last axis and the other's last but one, {@code jnp.matmul}. */
  public Array matmul(Array other) {
    return MatMul.matmul(this, other);
  }

  /** The elements converted to a type, {@code x.astype}. */
  public Array astype(DType target) {
    return Cast.astype(this, target);
  }

  /** The same elements in another shape, of which one length may be -1. */
  public Array reshape(int... dims) {
    return Reshape.reshape(this, dims);
  }

  /** All elements on one axis. */
  public Array flatten() {
    return Reshape.ravel(this);
  }

  /** The array without these axes of length 1, or without all such axes if none are given. */
  public Array squeeze(int... axes) {
    return Reshape.squeeze(this, axes);
  }

  /** The array with new axes of length 1, numbered as in the result. */
  public Array expandDims(int... axes) {
    return Reshape.expandDims(this, axes);
  }

  /** The array broadcast to a shape. */
  public Array broadcastTo(int... dims) {
    return Reshape.broadcastTo(this, dims);
  }

  /** The axes permuted; reversed if none are given. */
  public Array transpose(int... axes) {
    return Transpose.transpose(this, axes);
  }

  /** The part at these indices of the first axes, from the end if negative. */
  public Array get(int... indices) {
    return Slice.get(this, Arrays.stream(indices).mapToObj(Index::at).toArray(Index[]::new));
  }

  /**
   * The part at these indices and ranges of the first axes, NumPy's {@code x[...]}.
   *
   * <pre>{@code
   * x.get(Index.all(), Index.range(2, 5)); // x[:, 2:5]
   * }</pre>
   */
  public Array get(Index... indices) {
    return Slice.get(this, indices);
  }

  /** The parts at the indices in an integer array along one axis, {@code jnp.take}. */
  public Array take(Array indices, int axis) {
    return Gather.take(this, indices, axis);
  }

  /** The sum over some axes or, if none are given, all. */
  public Array sum(int... axes) {
    return Reduce.sum(this, axes);
  }

  /** The sum over some axes, which may be kept with length 1. */
  public Array sum(boolean keepDims, int... axes) {
    return Reduce.sum(this, keepDims, axes);
  }

  /** The product over some axes or, if none are given, all. */
  public Array prod(int... axes) {
    return Reduce.prod(this, axes);
  }

  /** The product over some axes, which may be kept with length 1. */
  public Array prod(boolean keepDims, int... axes) {
    return Reduce.prod(this, keepDims, axes);
  }

  /** The mean over some axes or, if none are given, all. */
  public Array mean(int... axes) {
    return Reduce.mean(this, axes);
  }

  /** The mean over some axes, which may be kept with length 1. */
  public Array mean(boolean keepDims, int... axes) {
    return Reduce.mean(this, keepDims, axes);
  }

  /** The largest element over some axes or, if none are given, all. */
  public Array max(int... axes) {
    return Reduce.max(this, axes);
  }

  /** The largest element over some axes, which may be kept with length 1. */
  public Array max(boolean keepDims, int... axes) {
    return Reduce.max(this, keepDims, axes);
  }

  /** The smallest element over some axes or, if none are given, all. */
  public Array min(int... axes) {
    return Reduce.min(this, axes);
  }

  /** The smallest element over some axes, which may be kept with length 1. */
  public Array min(boolean keepDims, int... axes) {
    return Reduce.min(this, keepDims, axes);
  }

  /** The index of the largest element along an axis, int32; the first of several. */
  public Array argmax(int axis) {
    return Sort.argmax(this, axis);
  }

  /** The index of the smallest element along an axis, int32; the first of several. */
  public Array argmin(int axis) {
    return Sort.argmin(this, axis);
  }

  /** Whether no element is zero over some axes or, if none are given, all. */
  public Array all(int... axes) {
    return Reduce.all(this, axes);
  }

  /** Whether no element is zero over some axes, which may be kept with length 1. */
  public Array all(boolean keepDims, int... axes) {
    return Reduce.all(this, keepDims, axes);
  }

  /** Whether any element is not zero over some axes or, if none are given, all. */
  public Array any(int... axes) {
    return Reduce.any(this, axes);
  }

  /** Whether any element is not zero over some axes, which may be kept with length 1. */
  public Array any(boolean keepDims, int... axes) {
    return Reduce.any(this, keepDims, axes);
  }

  /**
   * The only element; an integer beyond 2^53 is rounded, see {@link #itemAsLong}.
   *
   * @throws IllegalStateException if there are more or none
   */
  public double item() {
    return only("item").doubleAt(0);
  }

  /**
   * The only element as a 64-bit integer, exact for integers; a fraction is truncated.
   *
   * @throws IllegalStateException if there are more or none
   */
  public long itemAsLong() {
    return only("itemAsLong").longAt(0);
  }

  private Storage only(String reader) {
    if (size() != 1) {
      throw new IllegalStateException(
          reader + ": expected an array of one element, got shape " + shape);
    }
    return elements(reader);
  }

  /** The elements as float32, row-major, a copy. */
  public float[] toFloatArray() {
    float[] values = elements("toFloatArray").floats();
    return dtype == DType.FLOAT32 ? values.clone() : values;
  }

  /** The elements as float64, row-major, a copy. */
  public double[] toDoubleArray() {
    double[] values = elements("toDoubleArray").doubles();
    return dtype == DType.FLOAT64 ? values.clone() : values;
  }

  /** The elements as 64-bit integers, row-major, a copy; fractions are truncated. */
  public long[] toLongArray() {
    long[] values = elements("toLongArray").longs();
    return dtype == DType.INT64 ? values.clone() : values;
  }

  /**
   * The elements as 32-bit integers, row-major, a copy; fractions are truncated.
   *
   * @throws IllegalArgumentException if an element is outside the range of int32
   */
  public int[] toIntArray() {
    long[] values = elements("toIntArray").longs();
    int[] result = new int[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (int) values[i];
      if (result[i] != values[i]) {
        throw new IllegalArgumentException(
            ("toIntArray: expected elements in the range of int32, got %s at index %s of an"
                    + " array of %s%s")
                .formatted(values[i], i, dtype, shape));
      }
    }
    return result;
  }

  /** The elements as truth values, row-major, a copy; true where not zero. */
  public boolean[] toBooleanArray() {
    Storage elements = elements("toBooleanArray");
    boolean[] values = new boolean[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = elements.booleanAt(i);
    }
    return values;
  }

  /** The elements' bytes, little-endian, row-major, a copy; with canonical NaNs. */
  public byte[] toBytes() {
    return bytes("toBytes");
  }

  private byte[] bytes(String reader) {
    int length = Shape.of(size(), dtype.itemSize()).size(); // throws before anything is allocated
    Storage elements = elements(reader);
    byte[] bytes = new byte[length];
    LittleEndian.write(elements, MemorySegment.ofArray(bytes));
    return bytes;
  }

  /**
   * Writes the elements into a memory segment, little-endian, row-major; with canonical NaNs
   * (float32 7fc00000).
   *
   * @throws IllegalArgumentException if the segment is not exactly as long as the elements
   */
  public void copyTo(MemorySegment segment) {
    requireBytes(segment, dtype, shape);
    LittleEndian.write(elements("copyTo"), segment);
  }

  /**
   * Writes the elements into a buffer, in its byte order, from its position on, which does not
   * change. Float, double, int and long buffers take the elements as {@link #toFloatArray}, {@link
   * #toDoubleArray}, {@link #toIntArray} and {@link #toLongArray} give them, a byte buffer takes
   * {@link #toBytes}, and a short buffer the bits of bfloat16 or float16.
   *
   * @throws IllegalArgumentException if the buffer does not have room for exactly the elements, or
   *     its type does not fit
   * @throws java.nio.ReadOnlyBufferException if the buffer is read-only
   */
  public void copyTo(Buffer buffer) {
    NioBuffers.write(this, buffer);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Array array
            && dtype == array.dtype
            && shape.equals(array.shape)
            && Arrays.equals(bytes("equals"), array.bytes("equals")));
  }

  @Override
  public int hashCode() {
    return 31 * (31 * dtype.hashCode() + shape.hashCode()) + Arrays.hashCode(bytes("hashCode"));
  }

  /** The type, the shape and, for a small array, the elements, even if it is traced. */
  @Override
  public String toString() {
    return ArrayText.of(this);
  }
}
