package dev.heddle.kernel;

/**
 * Whether a call has stack enough for code of others. An executor that meets a {@link
 * StackOverflowError} half way may lose a thread for good, so it is better not asked.
 */
final class StackRoom {
  /** Frames that are tried, of a hundred bytes or more each. */
  private static final int FRAMES = 256;

  private StackRoom() {}

  static boolean isEnough() {
    try {
      return fill(FRAMES, 1, 2, 3, 4, 5, 6, 7) != 0;
    } catch (StackOverflowError e) {
      return false;
    }
  }

  /** Keeps its arguments while it calls itself, so that each frame has them. */
  private static long fill(int frames, long a, long b, long c, long d, long e, long f, long g) {
    if (frames == 0) {
      return 1;
    }
    long below = fill(frames - 1, b, c, d, e, f, g, a + 1);
    return below | a | b << 1 | c << 2 | d << 3 | e << 4 | f << 5 | g << 6;
  }
}
