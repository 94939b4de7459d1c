package dev.heddle.random;

import dev.heddle.kernel.SoftPool;
import java.lang.ref.SoftReference;

/**
 * Many blocks of {@link Threefry} at once, in plain loops over one array, which the JIT compiler
 * makes vector code of.
 */
final class ThreefryBlocks {
  /** Blocks at a time. */
  static final int MOST = 256;

  private static final int PARITY = 0x1BD11BDA;

  private static final int KEPT = 16;

  private static final SoftPool<ThreefryBlocks> IDLE = new SoftPool<>(KEPT);

  private final SoftReference<ThreefryBlocks> self = new SoftReference<>(this);

  /** The first words of the blocks, then, from {@link #MOST} on, their second. */
  final int[] words = new int[2 * MOST];

  /** Blocks that nobody else uses until they are given back. */
  static ThreefryBlocks borrow() {
    ThreefryBlocks idle = IDLE.poll();
    return idle != null ? idle : new ThreefryBlocks();
  }

  /** Lets others use them. */
  void giveBack() {
    IDLE.offer(self);
  }

  /**
   * Encrypts counters.
   *
   * @param first the first word of the first counter
   * @param firstStep from one to the next
   * @param second its second word
   * @param secondStep from one to the next
   * @param count how many
   */
  void encrypt(Key key, int first, int firstStep, int second, int secondStep, int count) {
    int key0 = key.hi();
    int key1 = key.lo();
    int key2 = key0 ^ key1 ^ PARITY;
    int[] w = words;
    for (int j = 0; j < count; j++) {
      w[j] = first + j * firstStep + key0;
      w[MOST + j] = second + j * secondStep + key1;
    }
    evenRounds(w, count, key1, key2 + 1);
    oddRounds(w, count, key2, key0 + 2);
    evenRounds(w, count, key0, key1 + 3);
    oddRounds(w, count, key1, key2 + 4);
    evenRounds(w, count, key2, key0 + 5);
  }

  private static void evenRounds(int[] w, int count, int next0, int next1) {
    for (int j = 0; j < count; j++) {
      int x0 = w[j];
      int x1 = w[MOST + j];
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 13) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 15) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 26) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 6) ^ x0;
      w[j] = x0 + next0;
      w[MOST + j] = x1 + next1;
    }
  }

  private static void oddRounds(int[] w, int count, int next0, int next1) {
    for (int j = 0; j < count; j++) {
      int x0 = w[j];
      int x1 = w[MOST + j];
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 17) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 29) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 16) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 24) ^ x0;
      w[j] = x0 + next0;
      w[MOST + j] = x1 + next1;
    }
  }

  /** Puts the exclusive or of both words in place of the first. */
  void mix(int count) {
    int[] w = words;
    for (int j = 0; j < count; j++) {
      w[j] ^= w[MOST + j];
    }
  }

  /** Puts the second words in place of the first ones, and those in place of the second. */
  void swap(int count) {
    int[] w = words;
    for (int j = 0; j < count; j++) {
      int first = w[j];
      w[j] = w[MOST + j];
      w[MOST + j] = first;
    }
  }
}
