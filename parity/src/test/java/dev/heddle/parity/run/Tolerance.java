package dev.heddle.parity.run;

import dev.heddle.parity.cases.Tensor;

/** How far an answer may be from Flax's. */
sealed interface Tolerance {
  /** The same bits; every NaN equals every other. */
  record Bits() implements Tolerance {
    @Override
    public String toString() {
      return "the same bits";
    }
  }

  /** At most so many representable numbers away. */
  record Ulps(long count) implements Tolerance {}

  /**
   * The same bits, but in the columns from one on at most so many representable numbers away.
   *
   * @param from the first of those columns
   * @param columns how many columns there are, the last axis of what the initializer saw
   * @param count how far
   */
  record UlpsInColumns(int from, int columns, long count) implements Tolerance {
    private boolean holds(int element) {
      return element % columns >= from;
    }
  }

  /** At most so far away; infinities and NaNs in the same places. */
  record Absolute(double distance) implements Tolerance {}

  /** At most so far away as a share of the element itself, and a little more near zero. */
  record OfElement(double share, double more) implements Tolerance {}

  /** As {@code Absolute}; where Flax has NaN, a finite number. */
  record FiniteForNaN(double distance) implements Tolerance {}

  /** As {@code Absolute}; where Flax has NaN, NaN or a finite number. */
  record FiniteOrNaN(double distance) implements Tolerance {}

  /** The same bits. */
  Tolerance BITS = new Bits();

  /**
   * For elements that have nothing to do with each other. XLA's CPU back end takes float32's
   * subnormals for zero, and JAX rounds the steps of a 16-bit function one by one.
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

  /** Whether an element is near enough. */
  default boolean allows(Tensor expected, Tensor got, int i) {
    double want = expected.value(i);
    double have = got.value(i);
    if (expected.isFloating() && (Double.isNaN(want) || Double.isNaN(have))) {
      return switch (this) {
        case FiniteForNaN ignored -> Double.isFinite(have);
        case FiniteOrNaN ignored -> Double.isNaN(want) && !Double.isInfinite(have);
        default -> Double.isNaN(want) && Double.isNaN(have);
      };
    }
    return switch (this) {
      case Bits() -> expected.bits(i) == got.bits(i);
      case UlpsInColumns columns ->
          expected.bits(i) == got.bits(i)
              || (columns.holds(i) && ranksApart(expected, got, i) <= columns.count());
      case Ulps(long count) -> ranksApart(expected, got, i) <= count;
      case Absolute(double distance) -> isWithin(distance, want, have);
      case FiniteForNaN(double distance) -> isWithin(distance, want, have);
      case FiniteOrNaN(double distance) -> isWithin(distance, want, have);
      case OfElement(double share, double more) ->
          isWithin(share * Math.abs(want) + more, want, have);
    };
  }

  private static long ranksApart(Tensor expected, Tensor got, int i) {
    return Math.abs(expected.rank(i) - got.rank(i));
  }

  private static boolean isWithin(double distance, double want, double have) {
    return want == have || (Double.isFinite(want) && Math.abs(want - have) <= distance);
  }
}
