package dev.heddle.kernel;

/** How keys are grouped in attention; part of the numerics, not a tuning choice. */
public final class Tiles {
  /** Keys whose maximum is taken before the first of them is weighed, counted from position 0. */
  public static final int TILE = 256;

  /** Keys that share one running state; states of several spans merge in a fixed tree. */
  public static final int SPAN = 16 * TILE;

  private Tiles() {}
}
