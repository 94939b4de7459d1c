package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** Flax's bytes, and bytes that lie. */
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
    refused("81db7fffffff", "expected keys of at most 65536 bytes");
    refused("81a161db7fffffff", "tensor \"a\": declares a text of 2147483647 bytes");
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
    refused("81a161c40100", "tensor \"a\": expected an array or a map, got plain bytes");
    refused("81a161" + ARRAY + "c0", "expected the end after byte 27, got 1 bytes more");
    refused("82a161c0a161c0", "the key \"a\" is there twice");
    refused("82a3612f62" + ARRAY + "a16181a162" + ARRAY, "tensor \"a/b\": is there twice");
    refused("81c2c0", "expected a key that is a text or a whole number, got BOOLEAN");
    refused("81a1ffc0", "expected a text in UTF-8");
    refused(
        "81a161cfffffffffffffffff",
        "tensor \"a\": expected a whole number of at most 64 bits, got 18446744073709551615");
    refused("81a161ddffffffff", "tensor \"a\": declares a length of 4294967295, but only 0 bytes");
    refused("dfffffffff", "declares a length of 4294967295, but only 0 bytes are left");
    refused("81a161c1", "tensor \"a\": not valid msgpack");
    refused("81a161".repeat(3000) + "c0", "expected at most 64 levels");
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
