package dev.heddle.parity.run;

import dev.heddle.parity.cases.Tensor;

/** The allowed difference from Flax. */
sealed interface Tolerance {
  /** The same bits; every NaN equals every other. */
  record Bits() implements Tolerance {
    @Override
    public String toString() {
      return "the same bits";
    }
  }

  /** At most {@code count} ulps. */
  record Ulps(long count) implements Tolerance {}

  /**
   * The same bits, except at most {@code count} ulps in the last columns.
   *
   * @param from the first of those columns
   * @param columns the number of columns, the last axis of the initialized shape
   * @param count the number of ulps
   */
  record UlpsInColumns(int from, int columns, long count) implements Tolerance {
    private boolean holds(int element) {
      return element % columns >= from;
    }
  }

  /** An absolute difference; infinities and NaNs must be in the same positions. */
  record Absolute(double distance) implements Tolerance {}

  /** A difference relative to the element, plus a small absolute difference. */
  record OfElement(double share, double more) implements Tolerance {}

  /** As {@code Absolute}; where Flax has NaN, a finite number. */
  record FiniteForNaN(double distance) implements Tolerance {}

  /** As {@code Absolute}; where Flax has NaN, NaN or a finite number. */
  record FiniteOrNaN(double distance) implements Tolerance {}

  /** The same bits. */
  Tolerance BITS = new Bits();

  /**
   * The tolerance of elementwise functions. XLA's CPU back end flushes float32 subnormals to zero,
   * and JAX rounds each step of a 16-bit function.
   */
  static Tolerance ofElement(String dtype) {
    return switch (dtype) {
      case "float64" -> new OfElement(1e-12, Float.MIN_NORMAL);
      case "float32" -> new OfElement(2e-5, Float.MIN_NORMAL);
      case "float16" -> new OfElement(4e-3, 4e-4);
      case "bfloat16" -> new OfElement(3e-2, 3e-3);
      default -> throw new IllegalArgumentException("no tolerance for " + dtype);
    };
  }

  /** Whether an element is within the tolerance. */
  default boolean allows(Tensor expected, Tensor got, int i) {
    double reference = expected.value(i);
    double actual = got.value(i);
    if (expected.isFloating() && (Double.isNaN(reference) || Double.isNaN(actual))) {
      return switch (this) {
        case FiniteForNaN ignored -> Double.isFinite(actual);
        case FiniteOrNaN ignored -> Double.isNaN(reference) && !Double.isInfinite(actual);
        default -> Double.isNaN(reference) && Double.isNaN(actual);
      };
    }
    return switch (this) {
      case Bits() -> expected.bits(i) == got.bits(i);
      case UlpsInColumns columns ->
          expected.bits(i) == got.bits(i)
              || (columns.holds(i) && ulpsApart(expected, got, i) <= columns.count());
      case Ulps(long count) -> ulpsApart(expected, got, i) <= count;
      case Absolute(double distance) -> isWithin(distance, reference, actual);
      case FiniteForNaN(double distance) -> isWithin(distance, reference, actual);
      case FiniteOrNaN(double distance) -> isWithin(distance, reference, actual);
      case OfElement(double share, double more) ->
          isWithin(share * Math.abs(reference) + more, reference, actual);
    };
  }

  private static long ulpsApart(Tensor expected, Tensor got, int i) {
    return Math.abs(expected.rank(i) - got.rank(i));
  }

  private static boolean isWithin(double distance, double reference, double actual) {
    return reference == actual
        || (Double.isFinite(reference) && Math.abs(reference - actual) <= distance);
  }
}
