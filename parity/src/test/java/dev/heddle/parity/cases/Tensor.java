package dev.heddle.parity.cases;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A tensor with NumPy's dtypes, including those that Heddle does not have (uint16, uint64).
 *
 * @param dtype NumPy's name, as {@code float32} or {@code uint64}
 * @param shape the lengths of the axes
 * @param bytes the elements, row-major, little-endian
 */
public record Tensor(String dtype, int[] shape, byte[] bytes) {
  /** An array's elements. */
  public static Tensor of(Array array) {
    return new Tensor(array.dtype().toString(), array.shape().dims(), array.toBytes());
  }

  /**
   * The same as an array.
   *
   * @throws IllegalArgumentException if Heddle has no such type
   */
  public Array array() {
    return Array.of(MemorySegment.ofArray(bytes), DType.of(dtype), shape);
  }

  /** The same bytes with another dtype. */
  public Tensor as(String otherDtype) {
    return new Tensor(otherDtype, shape, bytes);
  }

  /** The number of elements. */
  public int size() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The type and shape, as {@code float32[2, 3]}. */
  public String type() {
    return dtype
        + Arrays.stream(shape)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Whether elements are floating-point numbers. */
  public boolean isFloating() {
    return dtype.contains("float");
  }

  /** The position of an element, row-major, as {@code [1, 0, 2]}. */
  public String position(int element) {
    int[] index = new int[shape.length];
    int rest = element;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return Arrays.toString(index);
  }

  /** An element's bits. */
  public long bits(int element) {
    int width = width();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return switch (width) {
      case 1 -> buffer.get(element) & 0xff;
      case 2 -> buffer.getShort(2 * element) & 0xffff;
      case 4 -> buffer.getInt(4 * element) & 0xffffffffL;
      default -> buffer.getLong(8 * element);
    };
  }

  /** An element as a number; 64-bit integers are rounded. */
  public double value(int element) {
    long bits = bits(element);
    return switch (dtype) {
      case "float64" -> Double.longBitsToDouble(bits);
      case "float32" -> Float.intBitsToFloat((int) bits);
      case "bfloat16" -> Float.intBitsToFloat((int) bits << 16);
      case "float16" -> Float.float16ToFloat((short) bits);
      case "int32" -> (int) bits;
      case "uint64" -> bits >= 0 ? bits : bits + 0x1p64;
      default -> bits;
    };
  }

  /**
   * An element's bits as an integer that is ordered like the values, so that neighbours differ by
   * 1.
   */
  public long rank(int element) {
    long bits = bits(element);
    if (!isFloating()) {
      return bits;
    }
    long sign = 1L << (8 * width() - 1);
    return (bits & sign) == 0 ? bits : -(bits & ~sign);
  }

  private int width() {
    return switch (dtype) {
      case "bool", "uint8", "int8" -> 1;
      case "bfloat16", "float16", "uint16", "int16" -> 2;
      case "float32", "int32", "uint32" -> 4;
      case "float64", "int64", "uint64" -> 8;
      default -> throw new IllegalArgumentException("a tensor of " + dtype + ": no such type here");
    };
  }

  /** The largest finite magnitude; 0 if there is none. */
  public double largest() {
    double largest = 0;
    for (int i = 0; i < size(); i++) {
      double magnitude = Math.abs(value(i));
      largest = Double.isFinite(magnitude) ? Math.max(largest, magnitude) : largest;
    }
    return largest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && dtype.equals(tensor.dtype)
        && Arrays.equals(shape, tensor.shape)
        && Arrays.equals(bytes, tensor.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return type();
  }
}
