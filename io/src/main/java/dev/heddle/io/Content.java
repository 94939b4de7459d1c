package dev.heddle.io;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The format detected from a file's first bytes, for the error about a wrong extension. */
enum Content {
  SAFETENSORS("safetensors"),
  ZIP("a zip archive (.npz, or a PyTorch file)"),
  NPY("a single NumPy array (.npy)"),
  MSGPACK("Flax msgpack (.msgpack)"),
  HDF5("HDF5"),
  GZIP("gzip"),
  JSON("JSON text"),
  PICKLE("a Python pickle"),
  EMPTY("nothing: it is empty"),
  UNKNOWN("none of the known formats");

  /** The number of bytes that are examined. */
  static final int HEAD = 16;

  private static final VarHandle LITTLE_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final String words;

  Content(String words) {
    this.words = words;
  }

  /**
   * Rejects a file that is certainly of another format.
   *
   * @param expected the format of the file's extension
   */
  static void check(InputFile file, Content expected) throws IOException {
    Content found = of(file);
    if (found != expected && found != UNKNOWN) {
      throw file.place()
          .error("expected " + expected.words + ", but its content looks like " + found.words);
    }
  }

  /** Rejects content that does not begin as a checkpoint, such as an endless device. */
  static void checkCheckpoint(FileLocation place, byte[] head) throws CheckpointException {
    Content found = of(head, Long.MAX_VALUE);
    if (found != SAFETENSORS && found != ZIP && found != MSGPACK) {
      throw place.error(
          "expected safetensors, npz or msgpack, but its content looks like " + found.words);
    }
  }

  /** Detects the format. */
  static Content of(InputFile file) throws IOException {
    byte[] head = new byte[(int) Math.min(HEAD, file.size())];
    file.read(0, head, 0, head.length);
    return of(head, file.size());
  }

  private static Content of(byte[] bytes, long size) {
    int length = bytes.length;
    if (length == 0) {
      return EMPTY;
    }
    if (starts(bytes, length, 'P', 'K', 3, 4) || starts(bytes, length, 'P', 'K', 5, 6)) {
      return ZIP;
    }
    if (length > 8 && bytes[8] == '{') {
      long header = (long) LITTLE_LONG.get(bytes, 0);
      return header >= 2 && header <= size - 8 ? SAFETENSORS : UNKNOWN;
    }
    if (starts(bytes, length, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
      return NPY;
    }
    if (starts(bytes, length, 0x89, 'H', 'D', 'F')) {
      return HDF5;
    }
    if (starts(bytes, length, 0x1f, 0x8b)) {
      return GZIP;
    }
    if (length > 2 && bytes[0] == '{' && (bytes[1] == '"' || bytes[1] == '\n' || bytes[1] == ' ')) {
      return JSON;
    }
    if (length > 2 && starts(bytes, length, 0x80) && bytes[1] >= 2 && bytes[1] <= 5) {
      return PICKLE;
    }
    return looksLikeMsgpack(bytes, length) ? MSGPACK : UNKNOWN;
  }

  /** A map whose first key is a string, or one of Flax's arrays alone. */
  private static boolean looksLikeMsgpack(byte[] bytes, int length) {
    int first = bytes[0] & 0xff;
    int type = first == 0xc7 ? 2 : first == 0xc8 ? 3 : first == 0xc9 ? 5 : length;
    if (type < length) {
      return bytes[type] == 1 || bytes[type] == 3;
    }
    int key = first == 0xde ? 3 : first == 0xdf ? 5 : first > 0x80 && first <= 0x8f ? 1 : length;
    if (key >= length) {
      return length == 1 && first == 0x80;
    }
    int format = bytes[key] & 0xff;
    return (format >= 0xa1 && format <= 0xbf) || format == 0xd9;
  }

  private static boolean starts(byte[] bytes, int length, int... expected) {
    if (length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
