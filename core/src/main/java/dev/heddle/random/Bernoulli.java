package dev.heddle.random;

import dev.heddle.kernel.IndexedFlags;
import java.util.Arrays;
import java.util.List;

/**
 * Bernoulli samples, true where a uniform number is below a bound. Each sample is a function of the
 * key, its index and, if the key is not partitionable, the size of the array; so any range can be
 * drawn without the others.
 */
final class Bernoulli implements IndexedFlags {
  /** Words from one key that is not partitionable; for more, JAX splits the key. */
  private static final long WORDS_PER_KEY = 0xffffffffL;

  private static final int FRACTION = 23; // random bits of a uniform float32
  private static final int FRACTION_64 = 52; // of a uniform float64

  private final Key key;
  private final long size;
  private final long wordsPerKey;
  private final boolean float64;
  private final long bound; // exclusive, of the uniform number's fraction bits
  private final List<Key> keys;

  /**
   * Creates the samples of a key.
   *
   * @param p the probability of true
   * @param size the number of samples
   * @param float64 whether the uniform numbers are float64, else float32
   */
  Bernoulli(Key key, double p, long size, boolean float64) {
    this(key, p, size, float64, WORDS_PER_KEY);
  }

  /** With another number of words for a key, for tests. */
  Bernoulli(Key key, double p, long size, boolean float64, long wordsPerKey) {
    this.key = key;
    this.size = size;
    this.float64 = float64;
    long whole = 1L << (float64 ? FRACTION_64 : FRACTION);
    double probability = float64 ? p : (float) p;
    this.bound = Math.clamp((long) Math.ceil(probability * whole), 0, whole);
    this.wordsPerKey = wordsPerKey;
    long words = float64 ? 2 * size : size;
    this.keys =
        key.partitionable() || words < wordsPerKey
            ? List.of(key)
            : key.split(Math.toIntExact(words / wordsPerKey) + 1);
  }

  @Override
  public void restrict(long from, int count, byte[] flags, int at) {
    ThreefryBlocks blocks = ThreefryBlocks.borrow();
    for (int done = 0; done < count; ) {
      int length = draw(blocks, from + done, Math.min(ThreefryBlocks.MAX_BLOCKS, count - done));
      if (float64) {
        compare64(blocks.words, length, flags, at + done);
      } else {
        compare(blocks.words, length, flags, at + done);
      }
      done += length;
    }
    blocks.giveBack();
  }

  private void compare(int[] words, int count, byte[] flags, int at) {
    int below = (int) bound;
    for (int j = 0; j < count; j++) {
      flags[at + j] &= (byte) (((words[j] >>> (32 - FRACTION)) - below) >>> 31);
    }
  }

  private void compare64(int[] words, int count, byte[] flags, int at) {
    for (int j = 0; j < count; j++) {
      long bits = (long) words[j] << 32 | (words[ThreefryBlocks.MAX_BLOCKS + j] & 0xffffffffL);
      flags[at + j] &= (byte) (((bits >>> (64 - FRACTION_64)) - bound) >>> 63);
    }
  }

  /**
   * Draws the bits of a range of samples: 32 bits each into the first words, or 64 bits into the
   * first and second words.
   *
   * @return the number of samples drawn, at most {@code max}, whose counters are contiguous
   */
  private int draw(ThreefryBlocks blocks, long from, int max) {
    if (key.partitionable()) {
      int low = (int) from;
      int count = (int) Math.min(max, (1L << 32) - (from & 0xffffffffL));
      blocks.encrypt(key, (int) (from >>> 32), 0, low, 1, count);
      if (!float64) {
        blocks.mix(count);
      }
      return count;
    }
    if (!float64) {
      return drawWords(blocks, from, max);
    }
    if (keys.size() == 1) {
      blocks.encrypt(key, (int) from, 1, (int) (size + from), 1, max); // halves of 2 * size words
      return max;
    }
    int count = drawWords(blocks, size + from, max);
    int[] second = Arrays.copyOf(blocks.words, count);
    count = drawWords(blocks, from, count);
    System.arraycopy(second, 0, blocks.words, ThreefryBlocks.MAX_BLOCKS, count);
    return count;
  }

  /**
   * Draws words as {@link Bits#words}: a block encrypts one counter of the first half and one of
   * the second, padded with a 0 if their number is odd, and gives one word of each half.
   */
  private int drawWords(ThreefryBlocks blocks, long from, int max) {
    long words = float64 ? 2 * size : size;
    int number = (int) (from / wordsPerKey);
    Key wordKey = keys.size() == 1 ? key : keys.get(number);
    long index = keys.size() == 1 ? from : from % wordsPerKey;
    long keyWords = keys.size() == 1 ? words : Math.min(wordsPerKey, words - number * wordsPerKey);
    long half = keyWords / 2 + keyWords % 2;
    if (index >= half) {
      int count = (int) Math.min(max, keyWords - index);
      blocks.encrypt(wordKey, (int) (index - half), 1, (int) index, 1, count);
      blocks.swap(count);
      return count;
    }
    int count = (int) Math.min(max, half - index);
    if (index + count == half && keyWords % 2 == 1) {
      if (count == 1) {
        blocks.encrypt(wordKey, (int) index, 1, 0, 1, 1);
        return 1;
      }
      count--;
    }
    blocks.encrypt(wordKey, (int) index, 1, (int) (half + index), 1, count);
    return count;
  }
}
