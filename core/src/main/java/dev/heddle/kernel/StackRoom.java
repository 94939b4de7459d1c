package dev.heddle.kernel;

/**
 * Whether the stack has enough room to call an executor. One that meets a {@link
 * StackOverflowError} half-way may lose a thread permanently, so it is not called then.
 */
final class StackRoom {
  /** The number of frames that are probed, each of a hundred bytes or more. */
  private static final int FRAMES = 256;

  private StackRoom() {}

  static boolean isEnough() {
    try {
      return fill(FRAMES, 1, 2, 3, 4, 5, 6, 7) != 0;
    } catch (StackOverflowError e) {
      return false;
    }
  }

  /** Keeps its arguments live across the recursive call, so that each frame holds them. */
  private static long fill(int frames, long a, long b, long c, long d, long e, long f, long g) {
    if (frames == 0) {
      return 1;
    }
    long below = fill(frames - 1, b, c, d, e, f, g, a + 1);
    return below | a | b << 1 | c << 2 | d << 3 | e << 4 | f << 5 | g << 6;
  }
}
