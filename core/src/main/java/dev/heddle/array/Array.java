package dev.heddle.array;

import dev.heddle.array.op.Cast;
import dev.heddle.array.op.Creation;
import dev.heddle.array.op.Elementwise;
import dev.heddle.array.op.Index;
import dev.heddle.array.op.MatMul;
import dev.heddle.array.op.Reduce;
import dev.heddle.array.op.Reshape;
import dev.heddle.array.op.Slice;
import dev.heddle.array.op.Transpose;
import dev.heddle.array.storage.MaskPattern;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.PackedLayouts;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
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
 */
public final class Array implements ArrayTree<Array> {
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
    return wrap(new Storage.I32(values.clone()), shapeFor(values.length, shape));
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
   * A float32 array of a buffer's remaining elements, in its byte order; they are copied, and the
   * buffer's position does not change.
   */
  public static Array of(FloatBuffer buffer, int... shape) {
    float[] values = new float[buffer.remaining()];
    buffer.get(buffer.position(), values);
    return wrap(new Storage.F32(values), shapeFor(values.length, shape));
  }

  /** An array of one value and no axes. */
  public static Array scalar(double value, DType dtype) {
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
   * An array of the little-endian elements in a memory segment, which are copied; for NIO buffers
   * use {@code MemorySegment.ofBuffer}.
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

  /**
   * For this library's own modules: an array backed by a storage, which must not be written to any
   * more.
   */
  @SuppressWarnings("exports")
  public static Array wrap(Storage storage, Shape shape) {
    if (storage.size() != shape.size()) {
      throw new IllegalArgumentException(
          "shape: expected one of " + storage.size() + " elements, got " + shape);
    }
    return new Array(shape, storage.dtype(), storage, null, null);
  }

  /** For this library's own modules: an array whose elements are computed when first read. */
  @SuppressWarnings("exports")
  public static Array deferred(MaskPattern pattern, Shape shape, DType dtype) {
    return new Array(shape, dtype, null, pattern, null);
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
   * For this library's own modules: the elements, which must not be written to.
   *
   * @throws ConcretizationTypeException if a differentiation traces this array; for its elements as
   *     constants see {@link #untraced}
   */
  @SuppressWarnings("exports")
  public Storage storage() {
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

  /** For this library's own modules: the pattern that defines the elements, if there is one. */
  @SuppressWarnings("exports")
  public @Nullable MaskPattern pattern() {
    return pattern;
  }

  /** For this library's own modules: whether the elements are in memory already. */
  public boolean isRead() {
    return trace == null ? storage != null : trace.primal.isRead();
  }

  /**
   * For this library's own modules: whether this is a causal mask: each matrix of its last two axes
   * is not zero on and below the diagonal, and zero above. Computed once.
   */
  public boolean isCausal() {
    if (trace != null) {
      return trace.primal.isCausal();
    }
    Boolean known = causal;
    if (known == null) {
      known =
          pattern == null
              ? MaskPattern.Causal.describes(storage(), shape)
              : pattern instanceof MaskPattern.Causal;
      causal = known; // two threads may compute the same
    }
    return known;
  }

  /**
   * For this library's own modules: this array in another type, for arrays that are converted
   * repeatedly, such as parameters. The result is cached in this array.
   */
  public Array convertedTo(DType target) {
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

  /** For this library's own modules: the cache of this array's packed layouts for products. */
  @SuppressWarnings("exports")
  public PackedLayouts layouts() {
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

  /** The axes permuted; reversed if none are given. */
  public Array transpose(int... axes) {
    return Transpose.transpose(this, axes);
  }

  /** The part at these indices of the first axes; see {@link Slice} for ranges. */
  public Array get(int... indices) {
    return Slice.get(this, Arrays.stream(indices).mapToObj(Index::at).toArray(Index[]::new));
  }

  /** The sum over some axes or, if none are given, all. */
  public Array sum(int... axes) {
    return Reduce.sum(this, axes);
  }

  /** The largest element over some axes or, if none are given, all. */
  public Array max(int... axes) {
    return Reduce.max(this, axes);
  }

  /** The mean over some axes or, if none are given, all. */
  public Array mean(int... axes) {
    return Reduce.mean(this, axes);
  }

  /**
   * The only element.
   *
   * @throws IllegalStateException if there are more or none
   */
  public double item() {
    if (size() != 1) {
      throw new IllegalStateException("item: expected an array of one element, got shape " + shape);
    }
    return elements("item").doubleAt(0);
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
            "toIntArray: expected elements in the range of int32, got "
                + values[i]
                + " at index "
                + i
                + " of an array of "
                + dtype
                + shape);
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
