package dev.heddle.parity.run;

import dev.heddle.parity.cases.Tensor;

/** How far an answer may be from Flax's. */
sealed interface Tolerance {
  /** The same bits; every NaN equals every other. */
  record Bits() implements Tolerance {}

  /** At most so many representable numbers away. */
  record Ulps(long count) implements Tolerance {}

  /** At most so far away; infinities and NaNs in the same places. */
  record Absolute(double distance) implements Tolerance {}

  /** At most so far away, as a share of the element itself; a tiny element may be zero. */
  record OfElement(double share) implements Tolerance {
    /** Below this XLA's CPU back end may round to zero. */
    static final double TINY = 0x1p-126;
  }

  /** The same bits. */
  Tolerance BITS = new Bits();

  /** What the smallest dtype in a computation allows, as a share of the largest value. */
  static double share(String narrowest) {
    return switch (narrowest) {
      case "float64" -> 1e-12;
      case "float32" -> 2e-5;
      case "float16" -> 4e-3;
      case "bfloat16" -> 3e-2;
      default -> throw new IllegalArgumentException("no tolerance for " + narrowest);
    };
  }

  /** Within a share of the largest value. */
  static Tolerance within(double share, Tensor expected) {
    return new Absolute(share * expected.largest());
  }

  /** Whether an element is near enough. */
  default boolean allows(Tensor expected, Tensor got, int i) {
    double want = expected.value(i);
    double have = got.value(i);
    if (expected.isFloating() && (Double.isNaN(want) || Double.isNaN(have))) {
      return Double.isNaN(want) && Double.isNaN(have);
    }
    return switch (this) {
      case Bits() -> expected.bits(i) == got.bits(i);
      case Ulps(long count) -> Math.abs(expected.rank(i) - got.rank(i)) <= count;
      case Absolute(double distance) ->
          want == have || (Double.isFinite(want) && Math.abs(want - have) <= distance);
      case OfElement(double share) ->
          want == have
              || (Double.isFinite(want)
                  && Math.abs(want - have) <= share * Math.abs(want) + OfElement.TINY);
    };
  }
}
