package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files with very many tensors, and files that declare more than they contain, read by a process
 * with a small heap. With quadratic time, each would take minutes.
 */
class SmallHeapTest {
  private static final int MANY = 200_000;

  @TempDir Path folder;

  /** Reads each file into variables and prints the number of tensors, or the error. */
  static final class Reader {
    public static void main(String[] files) throws IOException {
      for (String name : files) {
        Path file = Path.of(name);
        String result;
        try {
          Checkpoint checkpoint = CheckpointFile.read(file);
          Variables variables = Variables.of(checkpoint.variables().tensors());
          result = variables.paths().size() + " tensors";
        } catch (CheckpointException e) {
          result = e.getMessage().substring(name.length() + 2);
        }
        System.out.println(file.getFileName() + ": " + result);
      }
    }
  }

  private List<String> read(String heap) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Reader.class.getName()));
    try (Stream<Path> files = Files.list(folder)) {
      files.map(Path::toString).sorted().forEach(command::add);
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    process.waitFor();
    return lines;
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void veryManyTensorsTakeMemoryInProportion() throws Exception {
    var tensors = new LinkedHashMap<String, Array>();
    for (int i = 0; i < MANY; i++) {
      tensors.put("params/layers/t" + i, Array.scalar(i % 256, DType.UINT8));
    }
    for (String ending : List.of("msgpack", "npz", "safetensors")) {
      CheckpointFile.write(folder.resolve("many." + ending), Checkpoint.of(tensors));
    }
    bytes("list.msgpack", "81a6706172616d7381a161", "dd000186a0", "01", 100_000);

    assertThat(read("192m"))
        .containsExactly(
            "list.msgpack: 100000 tensors",
            "many.msgpack: 200000 tensors",
            "many.npz: 200000 tensors",
            "many.safetensors: 200000 tensors");
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aFileThatSaysMoreThanItHoldsTakesLittleMemory() throws Exception {
    String list = "81a6706172616d7381a161";
    bytes("integers.msgpack", list, "dd000f4240", "01", 1_000_000);
    bytes("nils.msgpack", list, "dd002dc6c0", "c0", 3_000_000);
    bytes("maps.msgpack", list, "dd000f4240", "80", 1_000_000);
    bytes("texts.msgpack", list, "dd000f4240", "a161", 1_000_000);
    longKeys("long-keys.msgpack", 30, 60_000, 2_000);
    longKeys("long-path.msgpack", 2, 16_000, 2_000);
    bytes("huge-map.msgpack", "df7fffffff", "", "80", 10);
    bytes("huge-array.msgpack", "81a161c97fffffff01", "", "80", 10);
    huge("huge.safetensors");
    bomb("bomb.npz");

    assertThat(read("80m"))
        .containsExactly(
            "bomb.npz: tensor \"a\": the file unpacks to more than 100 times its size and 256 MiB:"
                + " refused as a zip bomb",
            "huge-array.msgpack: tensor \"a\": declares an array of 2147483647 bytes, but only 10"
                + " bytes are left: truncated or corrupt",
            "huge-map.msgpack: declares a map of 2147483647 entries, but only 10 bytes are left:"
                + " truncated or corrupt",
            "huge.safetensors: tensor \"a\": data_offsets: expected [0, ...] within 0 bytes, got"
                + " [0, 2147483639], which ends past the end: truncated or corrupt",
            "integers.msgpack: expected at most 262144 tensors, got more",
            "long-keys.msgpack: expected a name of at most 32768 bytes in UTF-8, got 60000",
            "long-path.msgpack: expected names of at most 33554432 bytes in all, got more",
            "maps.msgpack: 0 tensors",
            "nils.msgpack: 0 tensors",
            "texts.msgpack: expected at most 262144 tensors, got more");
  }

  /** Writes a beginning, then the same bytes many times. */
  private void bytes(String name, String begin, String head, String each, int count)
      throws IOException {
    HexFormat hex = HexFormat.of();
    byte[] part = hex.parseHex(each);
    byte[] parts = new byte[part.length * count];
    for (int at = 0; at < parts.length; at += part.length) {
      System.arraycopy(part, 0, parts, at, part.length);
    }
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      out.write(hex.parseHex(begin + head));
      out.write(parts);
    }
  }

  /** Nested maps with long keys, and many numbers in the innermost. */
  private void longKeys(String name, int levels, int letters, int leaves) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] key = new byte[letters];
    Arrays.fill(key, (byte) 'k');
    for (int level = 0; level < levels; level++) {
      out.write(0x81);
      out.write(0xda);
      out.write(letters >> 8);
      out.write(letters);
      out.write(key);
    }
    out.write(0xde);
    out.write(leaves >> 8);
    out.write(leaves);
    for (int i = 0; i < leaves; i++) {
      out.write(0xa4);
      out.write("%04x".formatted(i).getBytes(StandardCharsets.UTF_8));
      out.write(1);
    }
    Files.write(folder.resolve(name), out.toByteArray());
  }

  private void huge(String name) throws IOException {
    byte[] header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2147483639],\"data_offsets\":[0,2147483639]}}"
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(folder.resolve(name), bytes.putLong(header.length).put(header).array());
  }

  private void bomb(String name) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      zip.putNextEntry(new ZipEntry("a.npy"));
      zip.write(NpyHeader.of(Array.zeros(DType.UINT8, 0)).toBytes());
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 300; i++) {
        zip.write(zeros);
      }
      zip.closeEntry();
    }
  }
}
