package dev.heddle.linen.internal;

/** The check of a dropout rate. */
public final class DropoutRate {
  private DropoutRate() {}

  /**
   * Checks a rate.
   *
   * @throws IllegalArgumentException if it is below 0, above 1 or NaN, which Flax takes for no
   *     dropout or for dropping everything
   */
  public static void require(String name, double rate) {
    if (rate >= 0 && rate <= 1) {
      return;
    }
    throw new IllegalArgumentException(
        ArgumentName.argument(name) + ": expected a rate from 0 to 1, got " + rate);
  }
}
