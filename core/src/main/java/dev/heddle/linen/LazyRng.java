package dev.heddle.linen;

import dev.heddle.random.Key;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * A stream's key for one draw, made of the names on the path to a module and of the count of draws
 * there, as Flax's {@code LazyRng} does: the first four bytes of one SHA-1 digest, folded in once.
 */
final class LazyRng {
  private LazyRng() {}

  /**
   * The key of a draw.
   *
   * @param base the stream's key
   * @param path the names from the root on
   * @param count the number of this draw, from 1
   * @param separated whether a zero byte comes before each part ({@code flax_fix_rng_separator})
   */
  static Key fold(Key base, List<String> path, int count, boolean separated) {
    MessageDigest digest = sha1();
    for (String name : path) {
      add(digest, name.getBytes(StandardCharsets.UTF_8), separated);
    }
    add(digest, bigEndian(count), separated);
    return base.foldIn(ByteBuffer.wrap(digest.digest()).getInt());
  }

  private static void add(MessageDigest digest, byte[] part, boolean separated) {
    if (separated) {
      digest.update((byte) 0);
    }
    digest.update(part);
  }

  /** The bytes of a positive number without leading zeros. */
  private static byte[] bigEndian(int number) {
    byte[] bytes = BigInteger.valueOf(number).toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
