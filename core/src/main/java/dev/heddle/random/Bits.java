package dev.heddle.random;

/**
 * Random words of 8, 16, 32 or 64 bits. Element i of an array, row-major, is a function of the key,
 * i and, if the key is not partitionable, the array's size.
 */
final class Bits {
  private Bits() {}

  /**
   * Words of 8, 16 or 32 bits, each in the low bits of an int.
   *
   * @param width 8, 16 or 32
   */
  static int[] draw(Key key, int width, int n) {
    if (key.partitionable()) {
      return partitionable(key, width, n);
    }
    if (width == 32) {
      return words(key, n);
    }
    int perWord = 32 / width;
    int mask = (1 << width) - 1;
    int[] words = words(key, n / perWord + (n % perWord == 0 ? 0 : 1));
    int[] out = new int[n];
    for (int i = 0; i < n; i++) {
      out[i] = (words[i / perWord] >>> (i % perWord * width)) & mask; // the low bits first
    }
    return out;
  }

  private static int[] partitionable(Key key, int width, int n) {
    int mask = width == 32 ? -1 : (1 << width) - 1;
    int[] out = new int[n];
    for (int i = 0; i < n; i++) {
      long block = Threefry.block(key.hi(), key.lo(), 0, i);
      out[i] = (Threefry.first(block) ^ Threefry.second(block)) & mask;
    }
    return out;
  }

  /**
   * JAX's original threefry bits: the counters 0 to n - 1, padded with a 0 if n is odd, are split
   * into two halves; a block encrypts one of each, and its words go to the same two halves.
   */
  static int[] words(Key key, int n) {
    int[] out = new int[n];
    int half = n / 2 + n % 2;
    for (int i = 0; i < half; i++) {
      boolean padded = half + i == n;
      long block = Threefry.block(key.hi(), key.lo(), i, padded ? 0 : half + i);
      out[i] = Threefry.first(block);
      if (!padded) {
        out[half + i] = Threefry.second(block);
      }
    }
    return out;
  }

  /** Words of 64 bits. */
  static long[] draw64(Key key, int n) {
    long[] out = new long[n];
    for (int i = 0; i < n; i++) {
      out[i] =
          key.partitionable()
              ? Threefry.block(key.hi(), key.lo(), 0, i)
              : Threefry.block(key.hi(), key.lo(), i, n + i); // counters in two halves of n words
    }
    return out;
  }
}
