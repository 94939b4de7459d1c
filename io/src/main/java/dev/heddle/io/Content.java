package dev.heddle.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** What a file's first bytes say it is, so that a wrong name gets an error that helps. */
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

  private static final int HEAD = 16;

  private final String words;

  Content(String words) {
    this.words = words;
  }

  /**
   * Refuses a file that is surely of another format.
   *
   * @param expected the format of the file's name
   */
  static void check(Place place, FileChannel file, Content expected) throws IOException {
    Content found = of(file);
    if (found != expected && found != UNKNOWN) {
      throw place.error(
          "expected " + expected.words + ", but its content looks like " + found.words);
    }
  }

  private static Content of(FileChannel file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; head.hasRemaining(); at = head.position()) {
      if (file.read(head, at) < 0) {
        break;
      }
    }
    int length = head.position();
    byte[] bytes = head.array();
    if (length == 0) {
      return EMPTY;
    }
    if (starts(bytes, length, 'P', 'K', 3, 4) || starts(bytes, length, 'P', 'K', 5, 6)) {
      return ZIP;
    }
    if (length > 8 && bytes[8] == '{') {
      long header = head.getLong(0);
      return header >= 2 && header <= file.size() - 8 ? SAFETENSORS : UNKNOWN;
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

  /** A map whose first key is a text. */
  private static boolean looksLikeMsgpack(byte[] bytes, int length) {
    int first = bytes[0] & 0xff;
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
