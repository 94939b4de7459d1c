package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writers reject the names and numbers that readers reject, naming the tensor and the rule. */
class LimitsTest {
  private static final Array ONE = Array.scalar(1, DType.UINT8);
  private static final List<String> ENDINGS = List.of("safetensors", "npz", "msgpack");

  /** Parts of names that are special in file systems, archives, JSON or UTF-8. */
  private static final List<String> PARTS =
      List.of(
          "a",
          "b",
          "",
          "/",
          "\\",
          ".",
          "..",
          "\0",
          "\n",
          "\"",
          "\ud83d\ude00",
          "\ud800",
          "\udc00",
          "\ufeff",
          "é",
          "漢",
          "value",
          "shape",
          "chunks",
          "__msgpack_chunked_array__",
          "__metadata__",
          "0",
          "-1",
          ".npy",
          " ",
          "C:",
          "x".repeat(9_000),
          "/y".repeat(30));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "npz", "msgpack"})
  void whateverIsWrittenIsReadAgain(String ending) throws IOException {
    Random random = new Random(1);
    Path file = folder.resolve("x." + ending);
    int written = 0;
    for (int i = 0; i < 1000; i++) {
      var tensors = new LinkedHashMap<String, Array>();
      for (int count = random.nextInt(4); count >= 0; count--) {
        StringBuilder name = new StringBuilder();
        for (int parts = random.nextInt(5); parts >= 0; parts--) {
          name.append(PARTS.get(random.nextInt(PARTS.size())));
          name.append(random.nextInt(3) == 0 ? "/" : "");
        }
        int axes = random.nextInt(40) == 0 ? 64 + random.nextInt(2) : random.nextInt(3);
        tensors.put(name.toString(), Array.scalar(i % 256, DType.UINT8).reshape(ones(axes)));
      }
      try {
        CheckpointFile.write(file, Checkpoint.of(tensors));
      } catch (CheckpointException e) {
        assertThat(e).hasMessageStartingWith(file + ": tensor \"");
        continue;
      }
      written++;
      assertThat(CheckpointFile.read(file).tensors()).isEqualTo(tensors);
    }
    assertThat(written).isBetween(100, 950);
  }

  private static int[] ones(int axes) {
    int[] shape = new int[axes];
    Arrays.fill(shape, 1);
    return shape;
  }

  @Test
  void aRuleOfAllFormatsNamesTheTensor() throws IOException {
    for (String ending : ENDINGS) {
      refused(
          ending,
          "a\ud800b",
          "expected a name in Unicode, got the lone surrogate \\ud800 at" + " character 2");
      refused(
          ending, "n".repeat(32_769), "expected a name of at most 32768 bytes in UTF-8, got 32769");
      refused(
          ending, "漢".repeat(10_923), "expected a name of at most 32768 bytes in UTF-8, got 32769");
      refused(
          ending,
          "a" + "/a".repeat(64),
          "expected a name of at most 64 parts between slashes, got 65");
      refused(ending, Map.of("a", ONE.reshape(ones(65))), "a", "expected at most 64 axes, got 65");
      kept(ending, "n".repeat(32_768));
      kept(ending, "漢".repeat(10_922));
      kept(ending, "a" + "/a".repeat(63));
      if (!ending.equals("npz")) {
        kept(ending, "/a");
      }
      kept(ending, "");
    }
  }

  @Test
  void tooManyTensorsAreNeitherWrittenNorRead() throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    for (int i = 0; i <= Limits.MAX_TENSORS; i++) {
      tensors.put("t" + i, ONE);
    }
    for (String ending : ENDINGS) {
      Path file = folder.resolve("many." + ending);
      assertThatThrownBy(() -> CheckpointFile.write(file, Checkpoint.of(tensors)))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(file + ": expected at most 262144 tensors, got 262145");
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void npzHoldsRelativePathsOnly() throws IOException {
    refused("npz", "../x", "expected a path without . and ..");
    refused("npz", "a/./x", "expected a path without . and ..");
    refused("npz", "/a/b", "expected a relative path with / between names");
    refused("npz", "a\\b", "expected a relative path with / between names");
    refused("npz", "a\0", "expected a relative path with / between names");
    kept("npz", "..");
    kept("npz", "a/..b/x");
  }

  @Test
  void msgpackHoldsTreesOnly() throws IOException {
    refused(
        "msgpack",
        "params/w/value",
        "expected another name, or another tensor beside it: a map with \"value\" alone is read as"
            + " a boxed parameter");
    refused(
        "msgpack",
        "a/__msgpack_chunked_array__",
        "expected a name without __msgpack_chunked_array__, which marks chunks");
    kept("msgpack", "value");
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("params/w/value", ONE);
    Path file = folder.resolve("boxed.msgpack");
    new Msgpack().keepingBoxes().save(file, Checkpoint.of(tensors));
    assertThat(new Msgpack().keepingBoxes().load(file).tensors()).isEqualTo(tensors);

    var long32MiB = new LinkedHashMap<String, Array>();
    for (int i = 0; i <= 1024; i++) {
      long32MiB.put("k".repeat(32_764) + i % 10 + i / 10, ONE);
    }
    assertThatThrownBy(() -> CheckpointFile.write(file, Checkpoint.of(long32MiB)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(": expected names of at most 33554432 bytes in all, got 335");
  }

  @Test
  void safetensorsHoldsTextsInUnicode() throws IOException {
    refused("safetensors", "__metadata__", "is a reserved name in safetensors");
    Path file = folder.resolve("x.safetensors");
    assertThatThrownBy(() ->
            CheckpointFile.write(
                file, new Checkpoint(new LinkedHashMap<>(), Map.of("k", "\udc00"))))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            file
                + ": metadata \"k\": expected a string in Unicode, got the lone surrogate \\udc00 at"
                + " character 1");
    assertThat(file).doesNotExist();
  }

  private void kept(String ending, String name) throws IOException {
    Path file = folder.resolve("kept." + ending);
    CheckpointFile.write(file, Checkpoint.of(new LinkedHashMap<>(Map.of(name, ONE))));
    assertThat(CheckpointFile.read(file).tensors()).isEqualTo(Map.of(name, ONE));
    Files.delete(file);
  }

  private void refused(String ending, String name, String rule) {
    refused(ending, Map.of(name, ONE), name, rule);
  }

  private void refused(String ending, Map<String, Array> tensors, String name, String rule) {
    Path file = folder.resolve("refused." + ending);
    assertThatThrownBy(
            () -> CheckpointFile.write(file, Checkpoint.of(new LinkedHashMap<>(tensors))))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(file + ": tensor " + FileLocation.quoted(name) + ": " + rule);
    assertThat(file).doesNotExist();
  }
}
