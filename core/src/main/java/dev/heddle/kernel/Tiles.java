package dev.heddle.kernel;

/** The grouping of keys in attention; it defines the numerics and is not a tuning parameter. */
public final class Tiles {
  /** Keys per tile, counted from position 0; the running maximum is updated once per tile. */
  public static final int TILE = 256;

  /** Keys per span, which has its own running state; states of spans merge in a fixed tree. */
  public static final int SPAN = 16 * TILE;

  private Tiles() {}
}
