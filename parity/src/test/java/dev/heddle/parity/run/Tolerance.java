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

  /**
   * What the smallest dtype in a computation allows of a gradient, as a share of the largest value
   * of all gradients. In 16 bits the noise of the type is that of the output: Flax itself is up to
   * 2e-3 (float16) and 1.4e-2 (bfloat16) away from float64 in the golden cases.
   */
  static double gradientShare(String narrowest) {
    return switch (narrowest) {
      case "float64" -> 1e-10;
      case "float32" -> 1e-4;
      default -> share(narrowest);
    };
  }

  /** Within a share of the largest value. */
  static Tolerance within(double share, Tensor expected) {
    return new Absolute(share * expected.largest());
  }

  /**
   * For elements that have nothing to do with each other. XLA's CPU back end takes float32's
   * subnormals for zero, and JAX rounds the steps of a 16-bit function one by one.
   */
  static Tolerance ofElement(String dtype) {
    double share = share(dtype);
    return new OfElement(share, dtype.endsWith("16") ? share / 10 : Float.MIN_NORMAL);
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
      case Ulps(long count) -> Math.abs(expected.rank(i) - got.rank(i)) <= count;
      case Absolute(double distance) -> isWithin(distance, want, have);
      case FiniteForNaN(double distance) -> isWithin(distance, want, have);
      case FiniteOrNaN(double distance) -> isWithin(distance, want, have);
      case OfElement(double share, double more) ->
          isWithin(share * Math.abs(want) + more, want, have);
    };
  }

  private static boolean isWithin(double distance, double want, double have) {
    return want == have || (Double.isFinite(want) && Math.abs(want - have) <= distance);
  }
}
