package dev.heddle.random;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A threefry key: two words, and the era of JAX whose numbers it draws ({@code jax.random.key}; a
 * legacy {@code PRNGKey} of the same words is equivalent).
 *
 * <pre>{@code
 * Key key = Key.of(0);
 * List<Key> keys = key.split();
 * Array x = Random.normal(keys.getFirst(), DType.FLOAT32, 2, 3);
 * Array old = Random.normal(key.era(Era.CLASSIC), DType.FLOAT32, 2, 3);
 * }</pre>
 *
 * <p>A key is an immutable value: the same key always draws the same numbers.
 *
 * @param hi the first word
 * @param lo the second word
 * @param era the era of JAX
 * @param partitionable how keys are split and bits are generated, {@code
 *     jax_threefry_partitionable}; by default the era's
 */
public record Key(int hi, int lo, Era era, boolean partitionable) {

  /**
   * The modern key of a seed with x64 disabled, JAX's default: the seed's upper word is dropped.
   */
  public static Key of(long seed) {
    return of(seed, false);
  }

  /** The modern key of a seed; with {@code x64}, the seed's upper word is used too. */
  public static Key of(long seed, boolean x64) {
    return new Key(x64 ? (int) (seed >>> 32) : 0, (int) seed, Era.MODERN, true);
  }

  /** The same words in another era, with that era's default of {@link #partitionable()}. */
  public Key era(Era other) {
    return new Key(hi, lo, other, other.partitionable());
  }

  /** The same key with {@code jax_threefry_partitionable} set independently of its era. */
  public Key partitionable(boolean on) {
    return new Key(hi, lo, era, on);
  }

  /**
   * A key derived from this one and 32 bits of data, {@code jax.random.fold_in}.
   *
   * @param data an unsigned number
   */
  public Key foldIn(int data) {
    return next(Threefry.block(hi, lo, 0, data));
  }

  /** Two new keys, {@code jax.random.split}. */
  public List<Key> split() {
    return split(2);
  }

  /**
   * New keys, {@code jax.random.split}.
   *
   * @param n the number of keys
   * @throws IllegalArgumentException if n is negative, or more than an array can hold
   */
  public List<Key> split(int n) {
    if (n < 0 || n > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "n: expected 0 to " + Integer.MAX_VALUE / 2 + " keys, got " + n);
    }
    List<Key> keys = new ArrayList<>(n);
    if (partitionable) {
      for (int i = 0; i < n; i++) {
        keys.add(next(Threefry.block(hi, lo, 0, i)));
      }
    } else {
      int[] words = Bits.words(this, 2 * n);
      for (int i = 0; i < n; i++) {
        keys.add(new Key(words[2 * i], words[2 * i + 1], era, false));
      }
    }
    return List.copyOf(keys);
  }

  private Key next(long block) {
    return new Key(Threefry.first(block), Threefry.second(block), era, partitionable);
  }

  /** The two words, uint32 of shape [2], {@code jax.random.key_data}. */
  public Array data() {
    return Array.of(IntBuffer.wrap(new int[] {hi, lo}), DType.UINT32);
  }

  /** The two words as unsigned numbers, and the era. */
  @Override
  public String toString() {
    String mode = partitionable == era.partitionable() ? "" : ", partitionable=" + partitionable;
    return "Key[%s, %s, %s%s]"
        .formatted(Integer.toUnsignedString(hi), Integer.toUnsignedString(lo), era, mode);
  }
}
