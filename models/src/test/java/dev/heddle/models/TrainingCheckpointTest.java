package dev.heddle.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointException;
import dev.heddle.io.CheckpointFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of trainings. */
class TrainingCheckpointTest {
  private static final TrainingPlan PLAN = TrainingTest.plan(1, 2);

  @TempDir Path folder;

  private static final TextDigest DIGEST = TextDigest.of(TrainingTest.TEXT);

  private final Training training = new Training(PLAN, TrainingTest.TEXT);

  private TrainingCheckpoint after(TrainingCheckpoint from, int steps) {
    TrainingState state = from.state();
    LossCurve curve = from.curve();
    for (int i = 0; i < steps; i++) {
      Training.Step step = training.step(state);
      state = step.state();
      curve.add(step);
    }
    return new TrainingCheckpoint(PLAN, state, curve, DIGEST);
  }

  private TrainingCheckpoint begin() {
    return new TrainingCheckpoint(PLAN, training.begin(), new LossCurve(), DIGEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.msgpack", "x.safetensors", "x.npz"})
  void whatGoesOnFromAFileHasTheBitsOfOneRun(String name) throws IOException {
    Path file = folder.resolve(name);
    TrainingCheckpoint half = after(begin(), 3);
    half.curve().add(new LossCurve.Evaluation(3, 4.5f));
    half.write(file);

    TrainingCheckpoint read = TrainingCheckpoint.read(file);

    assertThat(read.plan()).isEqualTo(PLAN);
    assertThat(read.text()).isEqualTo(DIGEST);
    assertThat(read.state()).isEqualTo(half.state());
    TrainingCheckpoint resumed = after(read, 3);
    TrainingCheckpoint whole = after(begin(), 6);
    assertThat(resumed.state()).isEqualTo(whole.state());
    assertThat(resumed.curve().losses()).isEqualTo(whole.curve().losses());
    assertThat(resumed.curve().gradientNorms()).isEqualTo(whole.curve().gradientNorms());
    assertThat(resumed.curve().evaluations()).containsExactly(new LossCurve.Evaluation(3, 4.5f));
  }

  @Test
  void theNamesAreThoseOfFlaxsTrainState() throws IOException {
    Path file = folder.resolve("x.safetensors");
    after(begin(), 1).write(file);

    assertThat(CheckpointFile.read(file).tensors().keySet())
        .contains(
            "step",
            "params/block_0/attention/query/kernel",
            "opt_state/1/0/count",
            "opt_state/1/0/mu/block_0/attention/query/kernel",
            "opt_state/1/0/nu/embed/embedding",
            "opt_state/1/2/count",
            "rng",
            "config/features",
            "config/b2",
            "text/sha256",
            "text/size",
            "history/loss");
  }

  @Test
  void whatIsNotOfAPieceIsAnErrorThatNamesFileAndTensor() throws IOException {
    Path file = folder.resolve("x.safetensors");
    after(begin(), 1).write(file);

    refuses(file, "config/features", null, "is missing; heddle train did not write this");
    refuses(file, "config/heads", real(2), "expected int32[], got float64[]");
    refuses(file, "step", null, "is missing");
    refuses(file, "step", real(1), "expected int32[], got float64[]");
    refuses(file, "params/ln/scale", null, "is missing");
    refuses(
        file,
        "params/ln/scale",
        Array.zeros(DType.FLOAT32, 7),
        "expected float32[8], got float32[7]");
    refuses(file, "opt_state/1/0/mu/ln/scale", null, "is missing");
    refuses(file, "opt_state/1/0/count", real(1), "expected int32[], got float64[]");
    refuses(
        file, "history/loss", Array.zeros(DType.FLOAT32, 2), "expected float32[1], got float32[2]");
    refuses(file, "text/size", null, "is missing");
    refuses(file, "text/sha256", Array.zeros(DType.UINT8, 31), "expected uint8[32], got uint8[31]");
    refuses(
        file,
        "rng",
        Array.zeros(DType.UINT32, 2),
        "expected that of the seed 5, got uint32[2] [0, 0]");
  }

  @Test
  void anOlderCheckpointHasTheConstantsOfItsTime() throws IOException {
    Path file = folder.resolve("x.safetensors");
    after(begin(), 1).write(file);
    SequencedMap<String, Array> tensors = new LinkedHashMap<>(CheckpointFile.read(file).tensors());
    for (String name : new String[] {"min_learning_rate", "b1", "b2", "eps"}) {
      tensors.remove("config/" + name);
    }
    tensors.remove("text/sha256");
    tensors.remove("text/size");
    CheckpointFile.write(file, Checkpoint.of(tensors));

    TrainingCheckpoint read = TrainingCheckpoint.read(file);

    assertThat(read.plan()).isEqualTo(PLAN); // learning rate 0.01 to 0.001, b1 0.9, b2 0.99
    assertThat(read.text()).isNull();
  }

  @Test
  void aTextIsKnownByItsDigest() {
    assertThat(TextDigest.of("abc".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(
            new TextDigest(3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        .hasToString("3 bytes, SHA-256 ba7816bf8f01cfea...");
    assertThatThrownBy(() -> new TextDigest(3, "ba78"))
        .hasMessage(
            "text: expected a size of 0 or more and 64 hexadecimal digits, got 3 and \"ba78\"");
  }

  private static Array real(double number) {
    return Array.scalar(number, DType.FLOAT64);
  }

  private static void refuses(Path file, String tensor, Array other, String message)
      throws IOException {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>(CheckpointFile.read(file).tensors());
    if (other == null) {
      tensors.remove(tensor);
    } else {
      tensors.put(tensor, other);
    }
    Path changed = file.resolveSibling("changed.safetensors");
    CheckpointFile.write(changed, Checkpoint.of(tensors));
    assertThatThrownBy(() -> TrainingCheckpoint.read(changed))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(changed + ": tensor \"" + tensor + "\": " + message);
  }

  @Test
  void aTruncatedFileIsAnError() throws IOException {
    Path file = folder.resolve("x.msgpack");
    after(begin(), 1).write(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> TrainingCheckpoint.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void theTableOfLossesHasALineAStep() {
    LossCurve curve = new LossCurve();
    curve.add(5.5f, 1.25f);
    curve.add(5.25f, 0.5f);
    curve.add(new LossCurve.Evaluation(2, 5.75f));

    assertThat(curve.toCsv(step -> step * 0.125))
        .isEqualTo(
            """
            step,loss,learning_rate,gradient_norm,evaluation
            1,5.5,0.0,1.25,
            2,5.25,0.125,0.5,5.75
            """);
    assertThat(curve.recent(1)).isEqualTo(5.25);
    assertThat(curve.recent(9)).isEqualTo(5.375);
    assertThat(new LossCurve().recent(3)).isNaN();
  }
}
