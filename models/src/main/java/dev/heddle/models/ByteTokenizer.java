package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.nio.charset.StandardCharsets;

/**
 * A byte-level tokenizer: the tokens of a text are its bytes in UTF-8. It has a vocabulary of 256
 * tokens and encodes any text without learned data.
 *
 * <pre>{@code
 * Array tokens = ByteTokenizer.encode("né");  // int32 [3]: 110, 195, 169
 * ByteTokenizer.decode(tokens);               // "né"
 * }</pre>
 */
public final class ByteTokenizer {
  /** The size of the vocabulary. */
  public static final int VOCABULARY = 256;

  private ByteTokenizer() {}

  /** The tokens of a text, int32, shape {@code [L]}. */
  public static Array encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ofBytes(bytes, 0, bytes.length);
  }

  /**
   * The tokens of a range of a text in UTF-8, int32, shape {@code [count]}.
   *
   * @throws IndexOutOfBoundsException if the range exceeds the bytes
   */
  public static Array ofBytes(byte[] text, int from, int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = text[from + i] & 0xff;
    }
    return Array.of(tokens, count);
  }

  /**
   * The text of tokens of any shape, in row-major order. Invalid UTF-8, such as a truncated
   * character, becomes U+FFFD.
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
