package dev.heddle.parity.cases;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads an {@code .npz} in the form that the oracle writes, with all of NumPy's number types.
 * Independent of the library's reader, so that a fault there does not go unnoticed.
 */
final class NpzEntries {
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '[<|](\\w+)', 'fortran_order': False, 'shape': \\(([\\d, ]*)\\), \\}\\s*");

  private NpzEntries() {}

  /** The entries by name, without {@code .npy}, in the order of the file. */
  static SequencedMap<String, Tensor> read(Path file) throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        tensors.put(entry.getName().replaceFirst("\\.npy$", ""), tensor(bytes, entry.getName()));
      }
    }
    return tensors;
  }

  private static Tensor tensor(byte[] bytes, String name) throws IOException {
    int length = (bytes[8] & 0xff) | (bytes[9] & 0xff) << 8; // version 1.0
    String header = new String(bytes, 10, length, StandardCharsets.US_ASCII);
    Matcher found = HEADER.matcher(header);
    if (bytes[6] != 1 || !found.matches()) {
      throw new IOException(name + ": not as the oracle writes it: " + header);
    }
    int[] shape =
        Stream.of(found.group(2).split(","))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    return new Tensor(
        dtype(found.group(1)), shape, Arrays.copyOfRange(bytes, 10 + length, bytes.length));
  }

  private static String dtype(String code) throws IOException {
    return switch (code) {
      case "b1" -> "bool";
      case "u1" -> "uint8";
      case "u2" -> "uint16";
      case "u4" -> "uint32";
      case "u8" -> "uint64";
      case "i4" -> "int32";
      case "i8" -> "int64";
      case "f2" -> "float16";
      case "f4" -> "float32";
      case "f8" -> "float64";
      case "V2" -> "bfloat16";
      default -> throw new IOException("no case has tensors of NumPy's type " + code);
    };
  }
}
