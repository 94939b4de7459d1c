package dev.heddle.random;

/**
 * The threefry 2x32 block function of twenty rounds (Salmon et al., <i>Parallel random numbers: as
 * easy as 1, 2, 3</i>, 2011): it encrypts two words of counter with two words of key.
 */
final class Threefry {
  private static final int PARITY = 0x1BD11BDA;

  private Threefry() {}

  /** The two encrypted words, the first in the upper half. */
  static long block(int key0, int key1, int count0, int count1) {
    int key2 = key0 ^ key1 ^ PARITY;
    int x0 = count0 + key0;
    int x1 = count1 + key1;

    for (int group = 0; group < 5; group++) {
      boolean even = (group & 1) == 0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, even ? 13 : 17) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, even ? 15 : 29) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, even ? 26 : 16) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, even ? 6 : 24) ^ x0;
      int next = key0; // the three key words rotate
      key0 = key1;
      key1 = key2;
      key2 = next;
      x0 += key0;
      x1 += key1 + group + 1;
    }
    return ((long) x0 << 32) | (x1 & 0xffffffffL);
  }

  /** The first word of a block. */
  static int first(long block) {
    return (int) (block >>> 32);
  }

  /** The second word of a block. */
  static int second(long block) {
    return (int) block;
  }
}
