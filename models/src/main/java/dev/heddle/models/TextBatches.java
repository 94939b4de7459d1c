package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.random.Key;
import dev.heddle.random.Random;

/**
 * ParallelFor of a text, drawn by keys: the same key gives the same batch, so a training that is
 * resumed needs no other memory of what it has read.
 */
public final class TextBatches {
  private final byte[] text;
  private final int from;
  private final int choices;
  private final int length;

  /**
   * Of the bytes from one place to another.
   *
   * @param text not copied, and not to be changed
   * @param from the first byte
   * @param to after the last byte
   * @param length how many tokens a stretch has, beside the one that follows it
   * @throws IllegalArgumentException if there are not even as many bytes as one stretch needs
   */
  public TextBatches(byte[] text, int from, int to, int length) {
    this.text = text;
    this.from = from;
    this.length = length;
    choices = to - from - length;
    if (choices < 1) {
      throw new IllegalArgumentException(
          "expected at least %d bytes of text for a length of %d, got %d"
              .formatted(length + 1L, length, to - from));
    }
  }

  /**
   * A batch; it begins at {@code jax.random.randint(key, (batch,), 0, bytes - length)}.
   *
   * @return int32, shape {@code [batch, length + 1]}: what is read, and one token more, so that
   *     each has a next one
   */
  public Array draw(Key key, int batch) {
    long[] starts = Random.randint(key, Shape.of(batch), 0, choices, DType.INT32).toLongArray();
    int[] tokens = new int[Shape.of(batch, length + 1).size()];
    for (int row = 0, at = 0; row < batch; row++) {
      int start = from + (int) starts[row];
      for (int i = 0; i <= length; i++) {
        tokens[at++] = text[start + i] & 0xff;
      }
    }
    return Array.of(tokens, batch, length + 1);
  }
}
