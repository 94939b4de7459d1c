package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long input runs from the command line in a heap that is smaller than its matrix of scores.
 * {@code -Dheddle.long=65536} runs that length with 512 features and 8 heads in 2 GB.
 */
class LongInputsTest {
  private static final int LENGTH = Integer.getInteger("heddle.long", 8192);
  private static final boolean FULL = LENGTH >= 65_536;
  private static final int FEATURES = FULL ? 512 : 64;
  private static final int HEADS = FULL ? 8 : 1;

  /** The heap size; the matrix of scores would take 256 MB, or 128 GB. */
  private static final String HEAP = FULL ? "-Xmx2g" : "-Xmx96m";

  @TempDir Path folder;

  @Test
  void runInAHeapThatTheirSquareDoesNotFitInto() throws Exception {
    Workplace place = new Workplace(folder);
    Path config = place.config("{\"num_heads\": " + HEADS + "}");
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[LENGTH * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(-1, 1);
    }
    Path few = place.tensors("few.npz", "inputs_q", Array.of(new float[FEATURES], 1, 1, FEATURES));
    Path inputs =
        place.tensors("inputs.safetensors", "inputs_q", Array.of(values, 1, LENGTH, FEATURES));
    Path variables = place.file("V.npz");
    Path output = place.file("O.safetensors");

    run("init", "--config", config, "--inputs", few, "--output", variables);
    run(
        "apply",
        "--config",
        config,
        "--variables",
        variables,
        "--inputs",
        inputs,
        "--output",
        output);

    Array made = place.tensor("O.safetensors", "output");
    assertThat(made.shape()).isEqualTo(Shape.of(1, LENGTH, FEATURES));
    for (float value : made.get(0).get(LENGTH - 1).toFloatArray()) {
      assertThat(value).isFinite();
    }
  }

  /** Runs the program in a separate JVM with the small heap. */
  private static void run(Object... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(HEAP, "--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    for (Object word : words) {
      command.add(word.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
