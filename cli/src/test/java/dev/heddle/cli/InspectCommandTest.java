package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.io.ConfigJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle inspect} lists the content of tensor files. */
class InspectCommandTest {
  @TempDir Path folder;

  private Path file() throws IOException {
    return new Workplace(folder)
        .tensors(
            "V.npz",
            "params/query/kernel",
            Array.zeros(DType.FLOAT32, 4, 2, 300),
            "mask",
            Array.of(new boolean[] {true}, 1));
  }

  @Test
  void showsATableWithATotal() throws IOException {
    Path file = file();

    assertThat(Heddle.run("inspect", file))
        .isEqualTo(
            new Heddle(
                0,
                file
                    + """
                    : 2 tensors
                    name                 dtype    shape         size  bytes
                    params/query/kernel  float32  [4, 2, 300]  2,400  9,600
                    mask                 bool     [1]              1      1
                    total                                      2,401  9,601
                    """,
                ""));
  }

  @Test
  void showsJsonOfEveryFileOfAFolder() throws IOException {
    Path file = file();

    assertThat(Heddle.run("inspect", folder, "--json"))
        .isEqualTo(
            new Heddle(
                0,
                """
                [{"file": "%s", "tensors": [{"name": "params/query/kernel", "dtype": "float32", \
                "shape": [4, 2, 300], "size": 2400, "bytes": 9600},
                  {"name": "mask", "dtype": "bool", "shape": [1], "size": 1, "bytes": 1}], \
                "total": {"tensors": 2, "size": 2401, "bytes": 9601}, "metadata": {}}]
                """
                    .formatted(file),
                ""));
    Files.delete(file);
    assertThat(Heddle.run("inspect", folder).err())
        .isEqualTo(
            "heddle: %s: expected .safetensors, .npz or .msgpack files in the folder, found none\n"
                .formatted(folder));
  }

  @Test
  void showsMetadataAndATrainingsPlan() throws IOException {
    Workplace work = new Workplace(folder);
    Path inputs = work.tensors("I.npz", "inputs_q", Workplace.inputs());
    Path variables = work.file("V.safetensors");
    Heddle.run(
        "init",
        "--config",
        work.config(Workplace.CONFIG),
        "--inputs",
        inputs,
        "--output",
        variables);
    assertThat(Heddle.run("inspect", variables).out())
        .contains("\nconfig: " + ConfigJson.write(ConfigJson.read(Workplace.CONFIG)) + "\n")
        .contains("\nrng: --rng params=0\n");

    Path model = model(folder);
    assertThat(Heddle.run("inspect", model).out())
        .contains("\nplan: accumulate=1, b1=0.9, b2=0.99, batch=2, ", ", dtype=float32, ")
        .endsWith("\nsteps: 2\n");
    assertThat(Heddle.run("inspect", model, "--json").out())
        .contains(", \"step\": 2, \"plan\": {\"accumulate\": 1, \"b1\": 0.9, ")
        .contains("\"dtype\": \"float32\"");
  }

  /** A tiny model after two steps. */
  static Path model(Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "over and under, ".repeat(9));
    Path model = folder.resolve("model.msgpack");
    Heddle heddle =
        Heddle.run(
            "train",
            "--text",
            text,
            "--out",
            model,
            "--steps",
            2,
            "--batch",
            2,
            "--length",
            8,
            "--features",
            8,
            "--heads",
            2,
            "--layers",
            1);
    assertThat(heddle.err()).isEmpty();
    return model;
  }
}
