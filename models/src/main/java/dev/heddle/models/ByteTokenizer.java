package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.nio.charset.StandardCharsets;

/**
 * Text as its bytes in UTF-8: 256 tokens, nothing to learn or to store, and every text has a form.
 *
 * <pre>{@code
 * Array tokens = ByteTokenizer.encode("né");  // int32 [3]: 110, 195, 169
 * ByteTokenizer.decode(tokens);               // "né"
 * }</pre>
 */
public final class ByteTokenizer {
  /** How many tokens there are. */
  public static final int VOCABULARY = 256;

  private ByteTokenizer() {}

  /** The tokens of a text, int32, shape {@code [L]}. */
  public static Array encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ofBytes(bytes, 0, bytes.length);
  }

  /**
   * The tokens of a stretch of a text that is bytes already, int32, shape {@code [count]}.
   *
   * @throws IndexOutOfBoundsException if the bytes do not reach as far
   */
  public static Array ofBytes(byte[] text, int from, int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = text[from + i] & 0xff;
    }
    return Array.of(tokens, count);
  }

  /**
   * The text of some tokens, of any shape, in order. Bytes that are not UTF-8, such as a letter cut
   * in half, become U+FFFD.
   *
   * @throws IllegalArgumentException if the tokens are not integers from 0 to 255
   */
  public static String decode(Array tokens) {
    if (!tokens.dtype().isInteger() || tokens.dtype() == DType.BOOL) {
      throw new IllegalArgumentException("decode: expected integers, got " + tokens.dtype());
    }
    long[] numbers = tokens.toLongArray();
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      if (numbers[i] < 0 || numbers[i] >= VOCABULARY) {
        throw new IllegalArgumentException(
            "decode: expected tokens from 0 to " + (VOCABULARY - 1) + ", got " + numbers[i]);
      }
      bytes[i] = (byte) numbers[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
