package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.random.Key;
import dev.heddle.random.Random;

/**
 * Random sequences of a text, drawn with keys: the same key gives the same batch, so a resumed
 * training needs no other state.
 */
public final class TextBatches {
  private final byte[] text;
  private final int from;
  private final int choices;
  private final int length;

  /**
   * Uses the bytes of a range.
   *
   * @param text not copied; must not be modified
   * @param from the index of the first byte
   * @param to the index after the last byte
   * @param length the length of a sequence, without the token after it
   * @throws IllegalArgumentException if there are fewer bytes than one sequence needs
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
   * A batch; its sequences begin at {@code jax.random.randint(key, (batch,), 0, bytes - length)}.
   *
   * @return int32, shape {@code [batch, length + 1]}: the inputs and one more token, so that each
   *     has a next token
   */
  public Array draw(Key key, int batch) {
    long[] starts = Random.randint(key, 0, choices, DType.INT32, batch).toLongArray();
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
