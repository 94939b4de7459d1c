package dev.heddle.random;

import dev.heddle.kernel.SoftPool;
import java.lang.ref.SoftReference;

/**
 * Computes many blocks of {@link Threefry} at once, in loops over one array that the JIT compiler
 * vectorizes.
 */
final class ThreefryBlocks {
  /** The maximum number of blocks at a time. */
  static final int MAX_BLOCKS = 256;

  private static final int PARITY = 0x1BD11BDA;

  private static final int POOL_SIZE = 16;

  private static final SoftPool<ThreefryBlocks> POOL = new SoftPool<>(POOL_SIZE);

  private final SoftReference<ThreefryBlocks> self = new SoftReference<>(this);

  /** The first words of the blocks, then, from {@link #MAX_BLOCKS} on, the second words. */
  final int[] words = new int[2 * MAX_BLOCKS];

  /** Borrows blocks from the pool, for exclusive use until {@link #giveBack}. */
  static ThreefryBlocks borrow() {
    ThreefryBlocks pooled = POOL.poll();
    return pooled != null ? pooled : new ThreefryBlocks();
  }

  /** Returns the blocks to the pool. */
  void giveBack() {
    POOL.offer(self);
  }

  /**
   * Encrypts counters.
   *
   * @param first the first word of the first counter
   * @param firstStep the increment of the first word
   * @param second the second word of the first counter
   * @param secondStep the increment of the second word
   * @param count the number of counters
   */
  void encrypt(Key key, int first, int firstStep, int second, int secondStep, int count) {
    int key0 = key.hi();
    int key1 = key.lo();
    int key2 = key0 ^ key1 ^ PARITY;
    int[] w = words;
    for (int j = 0; j < count; j++) {
      w[j] = first + j * firstStep + key0;
      w[MAX_BLOCKS + j] = second + j * secondStep + key1;
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
      int x1 = w[MAX_BLOCKS + j];
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 13) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 15) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 26) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 6) ^ x0;
      w[j] = x0 + next0;
      w[MAX_BLOCKS + j] = x1 + next1;
    }
  }

  private static void oddRounds(int[] w, int count, int next0, int next1) {
    for (int j = 0; j < count; j++) {
      int x0 = w[j];
      int x1 = w[MAX_BLOCKS + j];
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 17) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 29) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 16) ^ x0;
      x0 += x1;
      x1 = Integer.rotateLeft(x1, 24) ^ x0;
      w[j] = x0 + next0;
      w[MAX_BLOCKS + j] = x1 + next1;
    }
  }

  /** Replaces the first words by the exclusive or of both words. */
  void mix(int count) {
    int[] w = words;
    for (int j = 0; j < count; j++) {
      w[j] ^= w[MAX_BLOCKS + j];
    }
  }

  /** Exchanges the first and second words. */
  void swap(int count) {
    int[] w = words;
    for (int j = 0; j < count; j++) {
      int first = w[j];
      w[j] = w[MAX_BLOCKS + j];
      w[MAX_BLOCKS + j] = first;
    }
  }
}
