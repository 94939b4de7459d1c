package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flax's bytes, and malformed ones. */
class MsgpackTest {
  private static final String ARRAY = "c7150193 9102a7 666c6f61743332 c408 0000803f00000040";

  @TempDir Path folder;

  @Test
  void theBytesAreFlaxs() throws IOException {
    assertBytes(
        "params/w",
        Array.of(new float[] {1, 2}, 1, 2),
        "81a6706172616d7381a177c7160193920102a7666c6f61743332c4080000803f00000040");
    assertBytes(
        "params/w",
        Array.of(new float[] {1, 2}),
        "81a6706172616d7381a177c71501939102a7666c6f61743332c4080000803f00000040");
    assertBytes("", Array.scalar(0, DType.INT32), "c70e019390a5696e743332c40400000000");
  }

  @Test
  void emptyMapsAreWrittenWhereFlaxLooksForThem() throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("a/1/w", Array.scalar(0, DType.INT32));
    Path file = folder.resolve("x.msgpack");

    new Msgpack().withEmptyMaps(List.of("a/0")).save(file, Checkpoint.of(tensors));

    String scalar = "c70e019390a5696e743332c40400000000";
    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file)))
        .isEqualTo("81a16182a13181a177" + scalar + "a13080");
    assertThat(CheckpointFile.read(file).tensors()).isEqualTo(tensors);
    assertThatThrownBy(() ->
            new Msgpack()
                .withEmptyMaps(List.of("a/1/w"))
                .save(folder.resolve("y.msgpack"), Checkpoint.of(tensors)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageEndingWith(
            "tensor \"a/1/w\": one tensor's name is the beginning of another one's path, which a"
                + " tree cannot hold");
  }

  private void assertBytes(String name, Array array, String hex) throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put(name, array);
    Path file = folder.resolve("x.msgpack");
    CheckpointFile.write(file, Checkpoint.of(tensors));

    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file))).isEqualTo(hex);
    assertThat(CheckpointFile.read(file).tensors()).isEqualTo(tensors);
  }

  @Test
  void whatLiesIsRefusedBeforeAnythingIsMadeOfIt() throws IOException {
    refused("df7fffffff", "declares a map of 2147483647 entries, but only 0 bytes are left");
    refused("81a161dd7fffffff", "tensor \"a\": declares a list of 2147483647 entries");
    refused("81db7fffffff", "expected a name of at most 32768 bytes in UTF-8, got 2147483647");
    refused("81a161db7fffffff", "tensor \"a\": declares a string of 2147483647 bytes");
    refused("81a161c97fffffff01", "tensor \"a\": declares an array of 2147483647 bytes");
    refused(
        "81a161 c7150193 9103a7 666c6f61743332 c408 0000803f00000040",
        "tensor \"a\": expected 12 bytes for float32 of shape [3], got 8");
    refused(
        "81a161 c7160193 9102a7 666c6f61743332 c408 0000803f00000040 00",
        "tensor \"a\": expected an array that fills its extension of 22");
    refused(
        "81a161 c7150193 91ffa7 666c6f61743332 c408 0000803f00000040",
        "tensor \"a\": expected axes of 0 to 2147483647, got [-1]");
    refused("81a161d40500", "tensor \"a\": expected extension type 1 (array) or 3 (scalar), got 5");
    refused("81a161c40100", "tensor \"a\": expected an array or a map, got binary data");
    refused("81a161" + ARRAY + "c0", "expected the end after byte 27, got 1 bytes more");
    refused("82a161c0a161c0", "the key \"a\" is given twice");
    refused("82a3612f62" + ARRAY + "a16181a162" + ARRAY, "tensor \"a/b\": is given twice");
    refused("81c2c0", "expected a key that is a string or an integer, got a boolean");
    refused("81a1ffc0", "expected a string in UTF-8");
    refused(
        "81a161cfffffffffffffffff",
        "tensor \"a\": expected an integer of at most 64 bits, signed, got"
            + " 18446744073709551615");
    refused("81a161ddffffffff", "tensor \"a\": declares a list of 4294967295 entries");
    refused("dfffffffff", "declares a map of 4294967295 entries, but only 0 bytes are left");
    refused("81a161c1", "tensor \"a\": not valid msgpack: byte 3 is 0xc1, which is not used");
    refused("81a161", "tensor \"a\": ends too early, at byte 3: truncated");
    refused("81a161cd01", "tensor \"a\": ends too early, at byte 5: truncated");
    refused("81a161".repeat(3000) + "c0", "expected at most 64 levels of maps and lists, got more");
    refused(
        "81da0101" + "612f".repeat(128) + "61" + "c0",
        "expected at most 64 levels of maps and lists, got more");
    refused("81a161c70301c0c0c0", "expected an array's shape, dtype and elements, got nil");
    refused("81a161c7050193c0c0c0c0", "expected an array's shape, got nil");
    refused("81a161c705019391c0c0c0", "expected the length of an axis, got nil");
    refused("81a161c705019390c0c0c0", "expected the name of an array's dtype, got nil");
    refused(
        "81a161c709019390a5696e743332c0", "tensor \"a\": expected an array's elements, got nil");
    refused("82a3612f62a178a16181a162a178", "tensor \"a/b\": is given twice");
  }

  /** Each format of the specification. */
  @Test
  void everyFormatIsRead() throws IOException {
    number("00", 0, DType.INT32);
    number("7f", 127, DType.INT32);
    number("ff", -1, DType.INT32);
    number("e0", -32, DType.INT32);
    number("ccff", 255, DType.INT32);
    number("cdffff", 65535, DType.INT32);
    number("ceffffffff", 4294967295.0, DType.INT64);
    number("cf0000000100000000", 4294967296.0, DType.INT64);
    number("d080", -128, DType.INT32);
    number("d18000", -32768, DType.INT32);
    number("d280000000", Integer.MIN_VALUE, DType.INT32);
    number("d3ffffffff00000000", -4294967296.0, DType.INT64);
    number("ca3fc00000", 1.5, DType.FLOAT32);
    number("cb3ff8000000000000", 1.5, DType.FLOAT32);
    number("c3", 1, DType.BOOL);
    number("c2", 0, DType.BOOL);
    number("d80393 90a7666c6f61743332 c4 04 0000c03f", 1.5, DType.FLOAT32);
    number("c7110393 90a7666c6f61743332 c5 0004 0000c03f", 1.5, DType.FLOAT32);
    number("c800130393 90a7666c6f61743332 c6 00000004 0000c03f", 1.5, DType.FLOAT32);
    number("c9000000110393 90 c407666c6f61743332 c404 0000c03f", 1.5, DType.FLOAT32);
    for (String head : List.of("d4", "d5", "d6", "d7")) {
      refused("81a161" + head + "01" + "c0".repeat(8), "tensor \"a\": expected an array's shape");
    }
    for (String list : List.of("91", "dc0001", "dd00000001")) {
      assertThat(read("81a161" + list + "05").tensors()).containsOnlyKeys("a/0");
    }
    for (String map : List.of("81", "de0001", "df00000001")) {
      assertThat(read(map + "a16105").tensors()).containsOnlyKeys("a");
    }
    for (String text : List.of("a161", "d90161", "da000161", "db0000000161")) {
      assertThat(read("81" + text + text).metadata()).containsExactly(entry("a", "a"));
    }
    for (String key : List.of("07", "cc07", "d107ff")) {
      assertThat(read("81" + key + "05").tensors())
          .containsOnlyKeys(key.equals("d107ff") ? "2047" : "7");
    }
    assertThat(read("81a161c0").tensors()).isEmpty();
  }

  private void number(String hex, double value, DType dtype) throws IOException {
    assertThat(read("81a161" + hex).tensors())
        .containsExactly(entry("a", Array.scalar(value, dtype)));
  }

  private Checkpoint read(String hex) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return new Msgpack().load(Files.write(folder.resolve("x.msgpack"), bytes));
  }

  /** Values that cross the end of the reader's buffer, at each of their bytes. */
  @Test
  void aValueMayLieAcrossTheBuffersEnd() throws IOException {
    for (int length = (1 << 16) - 40; length < (1 << 16) + 4; length++) {
      var tensors = new LinkedHashMap<String, Array>();
      tensors.put("a", Golden.values(DType.UINT8, length));
      tensors.put("b", Golden.values(DType.FLOAT64, 3, 300));
      tensors.put("c", Golden.values(DType.INT32));
      Path file = folder.resolve("x.msgpack");

      CheckpointFile.write(file, Checkpoint.of(tensors));

      assertThat(CheckpointFile.read(file).tensors()).isEqualTo(tensors);
    }
  }

  /** The lengths at which the shortest header of a value changes, as in Python's msgpack. */
  @Test
  void theShortestHeadsAreWritten() throws IOException {
    assertThat(head(Array.zeros(DType.UINT8, 127))).startsWith("c78a0193917fa575696e7438c47f");
    assertThat(head(Array.zeros(DType.UINT8, 128))).startsWith("c78c019391cc80a575696e7438c480");
    assertThat(head(Array.zeros(DType.UINT8, 256)))
        .startsWith("c8010e019391cd0100a575696e7438c50100");
    assertThat(head(Array.zeros(DType.UINT8, 65536)))
        .startsWith("c900010012019391ce00010000a575696e7438c600010000");
    assertThat(head(Array.zeros(DType.FLOAT32))).startsWith("d8019390a7666c6f61743332c404");
    assertThat(head(Array.zeros(DType.UINT8, new int[16])))
        .startsWith("c71c0193dc0010" + "00".repeat(16));
    for (int count : new int[] {15, 16, 65535, 65536}) {
      var tensors = new LinkedHashMap<String, Array>();
      for (int i = 0; i < count; i++) {
        tensors.put(Integer.toHexString(i), Array.scalar(0, DType.BOOL));
      }
      String head = count < 16 ? "8f" : count < 65536 ? "de%04x".formatted(count) : "df00010000";
      assertThat(written(tensors)).startsWith(head + "a130");
    }
    for (int length : new int[] {31, 32, 255, 256}) {
      var tensors = new LinkedHashMap<String, Array>();
      tensors.put("k".repeat(length), Array.scalar(0, DType.BOOL));
      String head = length < 32 ? "bf" : length < 256 ? "d9%02x".formatted(length) : "da0100";
      assertThat(written(tensors)).startsWith("81" + head + "6b6b");
    }
  }

  private String head(Array array) throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("", array);
    return written(tensors);
  }

  private String written(LinkedHashMap<String, Array> tensors) throws IOException {
    Path file = folder.resolve("heads.msgpack");
    CheckpointFile.write(file, Checkpoint.of(tensors));
    assertThat(CheckpointFile.read(file).tensors()).isEqualTo(tensors);
    return HexFormat.of().formatHex(Files.readAllBytes(file));
  }

  @Test
  void chunksThatDoNotFitAreRefused() throws IOException {
    String chunked = "81a161 83 b95f5f6d73677061636b5f6368756e6b65645f61727261795f5f c3";
    refused(chunked + "a573686170658101a130 04 a66368756e6b73 81a130" + ARRAY, "tensor \"a");
    refused(
        chunked + "a5736861706581a13004 a66368756e6b7381a130" + ARRAY,
        "tensor \"a\": expected chunks of 16 bytes together for shape [4], got 8");
    refused(
        chunked + "a5736861706581a13002 a66368756e6b7381a131" + ARRAY,
        "tensor \"a\": expected \"chunks\" of an array in chunks to have part 0");
    refused(
        chunked + "a5736861706502 a66368756e6b7381a130" + ARRAY,
        "tensor \"a\": expected a map \"shape\" of an array in chunks");
  }

  @Test
  void aTreeThatCannotBeIsNotWritten() {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("a/b", Array.scalar(1, DType.INT32));
    tensors.put("a", Array.scalar(1, DType.INT32));
    Path file = folder.resolve("x.msgpack");

    assertThatThrownBy(() -> CheckpointFile.write(file, Checkpoint.of(tensors)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor \"a\": one tensor's name is the beginning");
    assertThat(file).doesNotExist();
  }

  private void refused(String hex, String message) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    Path file = Files.write(folder.resolve("x.msgpack"), bytes);

    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }
}
