package dev.heddle.models;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The length and SHA-256 of a training text, by which a checkpoint recognizes it.
 *
 * <pre>{@code
 * TextDigest.of("abc".getBytes(UTF_8));  // 3 bytes, SHA-256 ba7816bf...
 * }</pre>
 *
 * @param size the number of bytes
 * @param sha256 64 hexadecimal digits, lower case
 */
public record TextDigest(long size, String sha256) {
  private static final int SHOWN = 16; // digits

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the size is negative or the digest does not have 64 digits
   */
  public TextDigest {
    if (size < 0 || !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "text: expected a size of 0 or more and 64 hexadecimal digits, got %d and \"%s\""
              .formatted(size, sha256));
    }
  }

  /** The digest of a text. */
  public static TextDigest of(byte[] text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return new TextDigest(text.length, HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A short form for messages: {@code 3 bytes, SHA-256 ba7816bf8f01cfea...}. */
  @Override
  public String toString() {
    return "%d bytes, SHA-256 %s...".formatted(size, sha256.substring(0, SHOWN));
  }
}
