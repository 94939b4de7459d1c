package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The header's rules, one malformed header each. */
class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void theWrittenBytesAreTheFormats() throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("small", Array.of(new boolean[] {true}));
    tensors.put("wide", Array.of(new float[] {1, 2}, 1, 2));
    Path file = folder.resolve("x.safetensors");

    CheckpointFile.write(file, new Checkpoint(tensors, Map.of("made", "here")));

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    assertThat(length % 8).isZero();
    assertThat(StandardCharsets.UTF_8.decode(bytes.slice(8, length)).toString().stripTrailing())
        .isEqualTo(
            "{\"__metadata__\":{\"made\":\"here\"},"
                + "\"small\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[8,9]},"
                + "\"wide\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}");
    assertThat(bytes.getFloat(8 + length + 4)).isEqualTo(2);
    assertThat(bytes.get(8 + length + 8)).isEqualTo((byte) 1);
  }

  @Test
  void aTensorOfEachRuleIsRefused() throws IOException {
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        4,
        "tensor \"a\": data_offsets: expected 8 bytes for F32 of shape [2], got 4");
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        4,
        "tensor \"a\": data_offsets: expected a begin and an end not before it, got [4, 0]");
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        8,
        "leaves a gap before it");
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        3,
        "past the end: truncated or corrupt");
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        5,
        "expected 4 bytes of elements after the header, got 5");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
        3,
        "tensor \"b\": data_offsets: expected [2, ...] within 3 bytes, got [1, 3]");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
        0,
        "tensor \"a\": expected axes of 0 to 2147483647");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[65536,65536],\"data_offsets\":[0,0]}}",
        0,
        "tensor \"a\": shape: expected at most 2147483639 elements");
    refused(
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[0],\"data_offsets\":[0,0]}}",
        0,
        "tensor \"a\": dtype \"F8_E4M3\" is not supported");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,0]}}",
        0,
        "tensor \"a\": expected numbers of 0 or more for \"shape\", got -1");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}}",
        1,
        "tensor \"a\": expected an integer, got 1.0");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,1]}}",
        1,
        "tensor \"a\": expected an integer of at most 64 bits");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}",
        1,
        "tensor \"a\": the key \"data_offsets\" is missing");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        1,
        "tensor \"a\": the key \"dtype\" is given twice");
    refused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
        0,
        "tensor \"a\": is given twice");
    refused("{\"__metadata__\":{\"n\":1}}", 0, "expected a string for \"n\", got 1");
    refused("{\"a\":7}", 0, "tensor \"a\": expected an object with dtype, shape and data_offsets");
    refused("{\"a\":{}}{}", 0, "tensor \"a\": the key \"dtype\" is missing");
    refused("{} {}", 0, "expected the end of the text, got an object");
    refused("{\"a\":" + "[".repeat(5000), 0, "tensor \"a\": expected an object");
    refused("{\"a\\nb\":7}", 0, "tensor \"a\\u000ab\": expected an object");
  }

  @Test
  void whatTheFormatDoesNotKnowIsPassedOver() throws IOException {
    String entry = "\"dtype\":\"U8\",\"more\":{\"x\":[1]},\"shape\":[1],\"data_offsets\":[0,1]";

    assertThat(CheckpointFile.read(file("{\"a\":{" + entry + "}}", 1)).tensor("a"))
        .isEqualTo(Array.zeros(DType.UINT8, 1));
  }

  @Test
  void aLengthThatLiesIsRefused() throws IOException {
    Path file = folder.resolve("x.safetensors");
    for (long length : new long[] {3, 100_000_001L, Long.MAX_VALUE, -1}) {
      byte[] bytes = "01234567{}".getBytes(StandardCharsets.UTF_8);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
      Files.write(file, bytes);

      assertThatThrownBy(() -> CheckpointFile.read(file))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("expected a header of ");
    }
  }

  private Path file(String header, int dataLength) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + dataLength);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }

  private void refused(String header, int dataLength, String message) throws IOException {
    Path file = file(header, dataLength);

    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }
}
