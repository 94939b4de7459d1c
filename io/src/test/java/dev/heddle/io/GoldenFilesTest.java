package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that safetensors, NumPy and Flax wrote, and their bytes written again. */
class GoldenFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all.safetensors",
        "stored.npz",
        "deflated.npz",
        "to_bytes.msgpack",
        "sorted.msgpack",
        "chunked.msgpack"
      })
  void everyTypeAndShapeIsRead(String name) throws IOException {
    Checkpoint checkpoint = CheckpointFile.read(Golden.file(name));

    assertThat(checkpoint.tensors()).containsExactlyInAnyOrderEntriesOf(Golden.tensors());
  }

  @Test
  void bothOrdersOfBytesAndOfAxesAreRead() throws IOException {
    Checkpoint checkpoint = CheckpointFile.read(Golden.file("odd.npz"));

    assertThat(checkpoint.tensors()).hasSize(27);
    checkpoint
        .tensors()
        .forEach((name, tensor) -> {
          DType dtype = DType.of(name.substring(name.indexOf('/') + 1));
          assertThat(tensor).as(name).isEqualTo(Golden.values(dtype, 2, 3, 4));
        });
  }

  @Test
  void safetensorsKeepsItsMetadata() throws IOException {
    assertThat(CheckpointFile.read(Golden.file("all.safetensors")).metadata())
        .containsEntry("format", "np")
        .containsEntry("text", "zwölf \"Worte\"\n");
  }

  @Test
  void msgpackIsWrittenByteForByteAsFlaxDoes() throws IOException {
    Checkpoint checkpoint = Checkpoint.of(Golden.tensors());
    Path file = folder.resolve("x.msgpack");

    CheckpointFile.write(file, checkpoint);
    assertThat(Files.readAllBytes(file)).isEqualTo(Golden.bytes("to_bytes.msgpack"));

    new Msgpack().sortingKeys().save(file, checkpoint);
    assertThat(Files.readAllBytes(file)).isEqualTo(Golden.bytes("sorted.msgpack"));

    new Msgpack().chunking(10).save(file, checkpoint);
    assertThat(Files.readAllBytes(file)).isEqualTo(Golden.bytes("chunked.msgpack"));
  }

  @Test
  void aBareArrayIsATensorWithoutAName() throws IOException {
    Checkpoint bare = CheckpointFile.read(Golden.file("bare.msgpack"));
    Path file = folder.resolve("bare.msgpack");

    CheckpointFile.write(file, bare);

    assertThat(bare.tensors()).containsOnlyKeys("");
    assertThat(Files.readAllBytes(file)).isEqualTo(Golden.bytes("bare.msgpack"));
  }

  @Test
  void boxedParametersComeOutOfTheirBox() throws IOException {
    Path file = Golden.file("boxed.msgpack");

    assertThat(CheckpointFile.read(file).tensors())
        .containsEntry("params/Dense_0/kernel", Array.full(1, DType.FLOAT32, 2, 3));
    assertThat(new Msgpack().keepingBoxes().load(file).tensors())
        .containsOnlyKeys("params/Dense_0/kernel/value", "params/Dense_0/bias");
  }

  @Test
  void ofATrainingStateTheParametersAreTaken() throws IOException {
    Checkpoint state = CheckpointFile.read(Golden.file("train_state.msgpack"));

    assertThat(state.tensors()).containsKeys("step", "opt_state/0/mu/out/kernel");
    assertThat(state.variables().tensors())
        .containsExactly(entry("params/out/kernel", Golden.values(DType.FLOAT32, 2, 3)));
  }

  @Test
  void parametersAloneGetTheirCollection() throws IOException {
    Checkpoint bare = CheckpointFile.read(Golden.file("no_params.msgpack"));

    assertThat(bare.tensors()).containsOnlyKeys("out/kernel");
    assertThat(bare.variables().tensors()).containsOnlyKeys("params/out/kernel");
  }

  @Test
  void numbersAreArraysWithoutAxes() throws IOException {
    Checkpoint scalars = CheckpointFile.read(Golden.file("scalars.msgpack"));

    assertThat(scalars.tensors())
        .containsEntry("true", Array.scalar(1, DType.BOOL))
        .containsEntry("small", Array.scalar(-5, DType.INT32))
        .containsEntry("large", Array.scalar(0x1p40, DType.INT64))
        .containsEntry("fraction", Array.scalar(1.5, DType.FLOAT32))
        .containsEntry("numpy", Array.scalar(2.5, DType.FLOAT64))
        .containsEntry("list/1", Array.scalar(2, DType.INT32))
        .containsEntry("7", Array.scalar(3, DType.INT32))
        .doesNotContainKey("none");
    assertThat(scalars.metadata()).containsEntry("text", "written by hand");
  }

  @Test
  void whatArraysCannotHoldIsRefusedByName() {
    refuses("int8.safetensors", "tensor \"params/q\": dtype \"I8\" is not supported");
    refuses("int8.npz", "tensor \"params/q\": dtype \"|i1\" is not supported");
    refuses("int8.msgpack", "tensor \"params/q\": dtype \"int8\" is not supported");
    refuses("complex.msgpack", "tensor \"params/z\": complex numbers are not supported");
    refuses("object.npz", "tensor \"thing\": dtype \"|O\", which holds Python objects (a pickle)");
    refuses("structured.npz", "tensor \"thing\": structured types are not supported");
  }

  private static void refuses(String name, String message) {
    assertThatThrownBy(() -> CheckpointFile.read(Golden.file(name)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(name + ": " + message);
  }

  @Test
  void aNameThatDisagreesWithTheContentIsAnError() throws IOException {
    for (String right : List.of("all.safetensors", "stored.npz", "to_bytes.msgpack")) {
      for (String ending : List.of("safetensors", "npz", "msgpack")) {
        if (!right.endsWith(ending)) {
          Path wrong = Files.copy(Golden.file(right), folder.resolve(right + "." + ending));
          assertThatThrownBy(() -> CheckpointFile.read(wrong))
              .isInstanceOf(CheckpointException.class)
              .hasMessageContaining("but its content looks like");
        }
      }
    }
  }
}
