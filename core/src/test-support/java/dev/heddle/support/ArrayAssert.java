package dev.heddle.support;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about arrays; a failure names the first element that differs, its values and bits.
 *
 * <pre>{@code
 * assertThatArray(decoded).hasSameBitsAs(full);
 * assertThatArray(output).isWithin(2e-5, golden); // of the largest value
 * assertThatArray(kernel).isWithinUlps(1, golden);
 * }</pre>
 */
public final class ArrayAssert extends AbstractAssert<ArrayAssert, Array> {
  private ArrayAssert(Array actual) {
    super(actual, ArrayAssert.class);
  }

  /** Starts an assertion about an array. */
  public static ArrayAssert assertThatArray(Array actual) {
    return new ArrayAssert(actual);
  }

  /** Checks type, shape and every bit; all NaNs are equal. */
  public ArrayAssert hasSameBitsAs(Array expected) {
    hasTypeAndShapeOf(expected);
    return eachElement(expected, "the same bits", (got, want, i) -> got.bits(i) == want.bits(i));
  }

  /**
   * Checks type, shape and every element, with an absolute tolerance of {@code relative} times the
   * largest finite magnitude in {@code expected}; infinities and NaNs in the same places.
   */
  public ArrayAssert isWithin(double relative, Array expected) {
    hasTypeAndShapeOf(expected);
    double largest = 0;
    for (double value : expected.toDoubleArray()) {
      largest = Double.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
    }
    double allowed = relative * largest;
    return eachElement(
        expected,
        "within " + relative + " of the largest value, that is " + allowed,
        (got, want, i) ->
            same(got.value(i), want.value(i)) || Math.abs(got.value(i) - want.value(i)) <= allowed);
  }

  /**
   * Checks type, shape and every element, with a tolerance in units in the last place; NaN equals
   * NaN.
   */
  public ArrayAssert isWithinUlps(long ulps, Array expected) {
    hasTypeAndShapeOf(expected);
    return eachElement(
        expected,
        "within " + ulps + " units in the last place",
        (got, want, i) -> {
          boolean number = !Double.isNaN(got.value(i)) && !Double.isNaN(want.value(i));
          return same(got.value(i), want.value(i))
              || (number && Math.abs(got.rank(i) - want.rank(i)) <= ulps);
        });
  }

  /** Checks type and shape. */
  public ArrayAssert hasTypeAndShapeOf(Array expected) {
    isNotNull();
    if (actual.dtype() != expected.dtype() || !actual.shape().equals(expected.shape())) {
      failWithMessage(
          "expected %s%s, got %s%s",
          expected.dtype(), expected.shape(), actual.dtype(), actual.shape());
    }
    return this;
  }

  /** Equality, which also holds for infinities of one sign and for NaNs. */
  private static boolean same(double got, double want) {
    return Double.compare(got, want) == 0;
  }

  private ArrayAssert eachElement(Array expected, String wanted, Comparison same) {
    Elements got = new Elements(actual);
    Elements want = new Elements(expected);
    int differing = 0;
    int first = -1;
    for (int i = actual.size() - 1; i >= 0; i--) {
      if (!same.test(got, want, i)) {
        differing++;
        first = i;
      }
    }
    if (differing > 0) {
      failWithMessage(
          "expected %s; %d of %d elements of %s%s differ, the first at %d: expected %s (%s), got %s (%s)",
          wanted,
          differing,
          actual.size(),
          actual.dtype(),
          actual.shape(),
          first,
          want.value(first),
          want.hex(first),
          got.value(first),
          got.hex(first));
    }
    return this;
  }

  @FunctionalInterface
  private interface Comparison {
    boolean test(Elements got, Elements want, int index);
  }

  /** An array's elements as numbers and as bits. */
  private record Elements(DType dtype, double[] values, byte[] bytes) {
    Elements(Array array) {
      this(array.dtype(), array.toDoubleArray(), array.toBytes());
    }

    double value(int index) {
      return values[index];
    }

    /** Little-endian, as the file formats have them. */
    long bits(int index) {
      int width = dtype.itemSize();
      long bits = 0;
      for (int i = width - 1; i >= 0; i--) {
        bits = (bits << 8) | (bytes[index * width + i] & 0xff);
      }
      return bits;
    }

    String hex(int index) {
      return String.format("%0" + 2 * dtype.itemSize() + "x", bits(index));
    }

    /** The rank of the element among all values of its type, -0 next to 0. */
    long rank(int index) {
      long sign = 1L << (8 * dtype.itemSize() - 1);
      long bits = bits(index);
      return (bits & sign) == 0 ? bits : -(bits & ~sign);
    }
  }
}
