package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.Map;

/**
 * The limits on names and numbers of tensors in every format. Readers and writers use the same
 * checks, so that every file that is written can be read. docs/formats.md lists them.
 */
final class Limits {
  /** The maximum number of tensors and strings in a file. */
  static final int MAX_TENSORS = 1 << 18;

  /** The longest name of a tensor, in bytes of UTF-8. */
  static final int MAX_NAME_BYTES = 1 << 15;

  /** The maximum number of parts of a name between slashes: the depth of the tree. */
  static final int MAX_LEVELS = 64;

  /** The maximum number of axes of an array. */
  static final int MAX_AXES = 64;

  private Limits() {}

  /**
   * Rejects tensors that could not be read again.
   *
   * @param file the file to be written
   * @throws CheckpointException if there are too many, or one breaks a rule of {@link #checkName}
   *     or {@link #checkAxes}; the message names the tensor
   */
  static void check(FileLocation file, Map<String, Array> tensors) throws CheckpointException {
    checkCount(file, tensors.size());
    for (Map.Entry<String, Array> tensor : tensors.entrySet()) {
      FileLocation here = file.tensor(tensor.getKey());
      checkName(here, tensor.getKey());
      checkAxes(here, tensor.getValue().rank());
    }
  }

  /** Rejects more than {@link #MAX_TENSORS}. */
  static void checkCount(FileLocation file, long tensors) throws CheckpointException {
    if (tensors > MAX_TENSORS) {
      throw file.error("expected at most " + MAX_TENSORS + " tensors, got " + tensors);
    }
  }

  /**
   * Rejects a name that is not valid Unicode, longer than {@link #MAX_NAME_BYTES}, or of more than
   * {@link #MAX_LEVELS} parts.
   *
   * @param here the tensor
   */
  static void checkName(FileLocation here, String name) throws CheckpointException {
    checkUnicode(here, "a name", name);
    checkNameBytes(here, utf8Bytes(name));
    int levels = levels(name);
    if (levels > MAX_LEVELS) {
      throw here.error(
          "expected a name of at most " + MAX_LEVELS + " parts between slashes, got " + levels);
    }
  }

  /** The number of parts of a name between slashes. */
  static int levels(String name) {
    int levels = 1;
    for (int at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
      levels++;
    }
    return levels;
  }

  /** Rejects a name of more than {@link #MAX_NAME_BYTES}. */
  static void checkNameBytes(FileLocation here, long bytes) throws CheckpointException {
    if (bytes > MAX_NAME_BYTES) {
      throw here.error(
          "expected a name of at most " + MAX_NAME_BYTES + " bytes in UTF-8, got " + bytes);
    }
  }

  /** Rejects a string with a lone surrogate, which UTF-8 cannot encode. */
  static void checkUnicode(FileLocation here, String what, String text) throws CheckpointException {
    for (int at = 0; at < text.length(); at++) {
      if (Character.isHighSurrogate(text.charAt(at))
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        at++;
      } else if (Character.isSurrogate(text.charAt(at))) {
        throw here.error(
            "expected %s in Unicode, got the lone surrogate \\u%04x at character %d"
                .formatted(what, (int) text.charAt(at), at + 1));
      }
    }
  }

  /** Rejects more than {@link #MAX_AXES}. */
  static void checkAxes(FileLocation here, int axes) throws CheckpointException {
    if (axes > MAX_AXES) {
      throw here.error("expected at most " + MAX_AXES + " axes, got " + axes);
    }
  }

  /** The length of a string without lone surrogates in UTF-8. */
  static long utf8Bytes(String text) {
    long bytes = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3; // a pair takes 4
    }
    return bytes;
  }
}
