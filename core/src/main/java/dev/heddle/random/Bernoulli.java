package dev.heddle.random;

import dev.heddle.array.storage.MaskPattern;
import java.util.Arrays;
import java.util.List;

/**
 * Truth values of which each is a function of the key, its own number and, where the key is not
 * partitionable, the number of all: whether the uniform number of its bits is below a bound. So any
 * of them can be drawn without the others.
 */
final class Bernoulli implements MaskPattern.Counted {
  /** Words that one key gives where it is not partitionable; more come from keys split from it. */
  private static final long WORDS_A_KEY = 0xffffffffL;

  private static final int FRACTION = 23; // bits of a uniform float32
  private static final int FRACTION_64 = 52;

  private final Key key;
  private final long size;
  private final long wordsAKey;
  private final boolean wide;
  private final long bound; // of the uniform number's fraction
  private final List<Key> keys;

  /**
   * Of a key.
   *
   * @param p a uniform number below it is true
   * @param size how many there are in all
   * @param wide whether uniform numbers are float64, else float32
   */
  Bernoulli(Key key, double p, long size, boolean wide) {
    this(key, p, size, wide, WORDS_A_KEY);
  }

  /** With another number of words for a key, which JAX has no way to ask for. */
  Bernoulli(Key key, double p, long size, boolean wide, long wordsAKey) {
    this.key = key;
    this.size = size;
    this.wide = wide;
    long whole = 1L << (wide ? FRACTION_64 : FRACTION);
    double share = wide ? p : (float) p;
    this.bound = Math.clamp((long) Math.ceil(share * whole), 0, whole);
    this.wordsAKey = wordsAKey;
    long words = wide ? 2 * size : size;
    this.keys =
        key.partitionable() || words < wordsAKey
            ? List.of(key)
            : key.split(Math.toIntExact(words / wordsAKey) + 1);
  }

  @Override
  public void restrict(long from, int count, byte[] flags, int at) {
    ThreefryBlocks blocks = ThreefryBlocks.borrow();
    for (int done = 0; done < count; ) {
      int length = draw(blocks, from + done, Math.min(ThreefryBlocks.MOST, count - done));
      if (wide) {
        compareWide(blocks.words, length, flags, at + done);
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

  private void compareWide(int[] words, int count, byte[] flags, int at) {
    for (int j = 0; j < count; j++) {
      long bits = (long) words[j] << 32 | (words[ThreefryBlocks.MOST + j] & 0xffffffffL);
      flags[at + j] &= (byte) (((bits >>> (64 - FRACTION_64)) - bound) >>> 63);
    }
  }

  /**
   * Draws the bits of some numbers: 32 each into the first words, or 64 into the first and the
   * second.
   *
   * @return of how many, as far as they lie together
   */
  private int draw(ThreefryBlocks blocks, long from, int most) {
    if (key.partitionable()) {
      int low = (int) from;
      int count = (int) Math.min(most, (1L << 32) - (from & 0xffffffffL));
      blocks.encrypt(key, (int) (from >>> 32), 0, low, 1, count);
      if (!wide) {
        blocks.mix(count);
      }
      return count;
    }
    if (!wide) {
      return drawWords(blocks, from, most);
    }
    if (keys.size() == 1) {
      blocks.encrypt(key, (int) from, 1, (int) (size + from), 1, most); // halves of 2 * size words
      return most;
    }
    int count = drawWords(blocks, size + from, most);
    int[] second = Arrays.copyOf(blocks.words, count);
    count = drawWords(blocks, from, count);
    System.arraycopy(second, 0, blocks.words, ThreefryBlocks.MOST, count);
    return count;
  }

  /**
   * Draws words as the original way has them: the counters of a key lie in two halves, with a 0
   * after an odd number, and so do the results.
   */
  private int drawWords(ThreefryBlocks blocks, long from, int most) {
    long words = wide ? 2 * size : size;
    int number = (int) (from / wordsAKey);
    Key own = keys.size() == 1 ? key : keys.get(number);
    long place = keys.size() == 1 ? from : from % wordsAKey;
    long ofKey = keys.size() == 1 ? words : Math.min(wordsAKey, words - number * wordsAKey);
    long half = ofKey / 2 + ofKey % 2;
    if (place >= half) {
      int count = (int) Math.min(most, ofKey - place);
      blocks.encrypt(own, (int) (place - half), 1, (int) place, 1, count);
      blocks.swap(count);
      return count;
    }
    int count = (int) Math.min(most, half - place);
    if (place + count == half && ofKey % 2 == 1) {
      if (count == 1) {
        blocks.encrypt(own, (int) place, 1, 0, 1, 1);
        return 1;
      }
      count--;
    }
    blocks.encrypt(own, (int) place, 1, (int) (half + place), 1, count);
    return count;
  }
}
