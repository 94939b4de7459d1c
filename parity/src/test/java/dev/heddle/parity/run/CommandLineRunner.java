package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.cli.Main;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Runs attention through files and the command line: {@code heddle init} and {@code heddle apply},
 * one command per decoding step, or {@code heddle grad}.
 */
public final class CommandLineRunner {
  private static final List<String> ENDINGS = List.of(".npz", ".safetensors", ".msgpack");

  private final Case asked;
  private final Path folder;
  private final String ending;
  private final Differences findings;

  private CommandLineRunner(Case asked, Path folder) {
    this.asked = asked;
    this.folder = folder;
    this.ending = ENDINGS.get(Math.floorMod(asked.id().hashCode(), ENDINGS.size()));
    this.findings = new Differences(asked);
  }

  /**
   * Whether files and options can express a case: test functions and keys cannot be expressed, and
   * {@code --sow-weights} always makes {@code intermediates} mutable.
   */
  public static boolean isExpressible(Case asked) {
    boolean isAttention = asked.kind().equals("attention") || asked.kind().equals("gradient");
    if (!isAttention || asked.info().toString().contains("parity:")) {
      return false;
    }
    Fields call = asked.info().fields("call");
    boolean sowsImmutable =
        call.flag("sow_weights") && !Answers.mutable(asked).includes("intermediates");
    return !call.has("dropout_rng") && !sowsImmutable;
  }

  /** Runs a case; the command line must give the same bits as the library. */
  public static Differences run(Case asked, Path folder) throws IOException {
    CommandLineRunner runner = new CommandLineRunner(asked, folder);
    boolean isGradient = asked.kind().equals("gradient");
    SequencedMap<String, Tensor> expected =
        isGradient ? GradientRunner.answer(asked) : AttentionRunner.answer(asked);
    Map<String, Tensor> got = isGradient ? runner.gradient() : runner.answer();
    runner.findings.expect("paths", expected.keySet(), got.keySet());
    expected.forEach((path, tensor) -> {
      if (got.containsKey(path)) {
        runner.findings.compare(path, tensor, got.get(path), Tolerance.BITS);
      }
    });
    return runner.findings;
  }

  private Map<String, Tensor> answer() throws IOException {
    Files.writeString(folder.resolve("C.json"), asked.info().fields("config").toString());
    boolean decode = asked.info().fields("config").flag("decode");
    Map<String, Tensor> all = new LinkedHashMap<>();

    SequencedMap<String, Array> atInit = asked.inputs();
    if (decode) {
      atInit.keySet().removeIf(name -> name.startsWith("mask"));
    }
    write("I.npz", atInit);
    heddle("init", "V" + ending, rngs("init"));
    put(all, "init/", "V" + ending);

    SequencedMap<String, Array> given = new LinkedHashMap<>();
    asked.under("init").forEach((path, tensor) -> given.put(path, tensor.array()));
    write("G" + ending, given);
    List<String> options = new ArrayList<>(rngs("apply"));
    options.addAll(List.of("--variables", at("G" + ending)));
    if (!decode) {
      write("I.npz", asked.inputs());
      heddle("apply", "O" + ending, options);
      put(all, "apply/", "O" + ending);
      return all;
    }
    for (int step = 0; step < asked.info().integer("steps"); step++) {
      write("I.npz", AttentionRunner.position(asked, step));
      String output = "O" + step + ending;
      heddle("apply", output, options);
      put(all, "steps/" + step + "/", output);
      cacheOf(output);
      if (step == 0) {
        options.addAll(List.of("--variables", at("cache" + ending)));
      }
    }
    return all;
  }

  private Map<String, Tensor> gradient() throws IOException {
    Files.writeString(folder.resolve("C.json"), asked.info().fields("config").toString());
    SequencedMap<String, Array> inputs = new LinkedHashMap<>(GradientRunner.inputs(asked));
    inputs.put("cotangent", asked.tensor("cotangent").array());
    write("I.npz", inputs);
    write("G" + ending, GradientRunner.given(asked).flatten());
    List<String> options = new ArrayList<>(rngs("apply"));
    options.addAll(List.of("--variables", at("G" + ending)));
    heddle("grad", "O" + ending, options);
    Map<String, Tensor> all = new LinkedHashMap<>();
    CheckpointFile.read(folder.resolve("O" + ending))
        .tensors()
        .forEach((path, array) ->
            all.put(path.startsWith("grads/") ? path : "apply/" + path, Tensor.of(array)));
    return all;
  }

  /** The file of a step without its output: the variables of the next step. */
  private void cacheOf(String output) throws IOException {
    SequencedMap<String, Array> cache =
        new LinkedHashMap<>(CheckpointFile.read(folder.resolve(output)).tensors());
    cache.keySet().removeIf(path -> !path.startsWith("cache/"));
    write("cache" + ending, cache);
  }

  private List<String> rngs(String phase) {
    List<String> options = new ArrayList<>();
    Fields seeds = asked.info().fields(phase).fields("rngs");
    for (String stream : seeds.names()) {
      options.addAll(List.of("--rng", stream + "=" + seeds.whole(stream)));
    }
    Fields call = asked.info().fields("call");
    if (call.has("deterministic")) {
      options.add("--deterministic=" + call.flag("deterministic"));
    }
    if (phase.equals("apply")) {
      if (asked.info().fields("apply").find("mutable") instanceof List<?> names) {
        options.addAll(List.of("--mutable", String.join(",", names.toArray(String[]::new))));
      }
      if (call.flag("sow_weights")) {
        options.add("--sow-weights");
      }
    }
    return options;
  }

  private void heddle(String command, String output, List<String> options) {
    List<String> words = new ArrayList<>(List.of(command, "--config", at("C.json")));
    words.addAll(List.of("--inputs", at("I.npz"), "--output", at(output)));
    words.addAll(options);
    if (asked.x64()) {
      words.add("--x64");
    }
    if (asked.info().text("era").equals("classic")) {
      words.addAll(List.of("--flax-compat", "0.7"));
    }
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    int status = Main.run(words.toArray(String[]::new), System.out, errors);
    findings.expect(
        String.join(" ", words) + ": " + err.toString(StandardCharsets.UTF_8), 0, status);
  }

  private void write(String file, SequencedMap<String, Array> tensors) throws IOException {
    CheckpointFile.write(folder.resolve(file), Checkpoint.of(tensors));
  }

  private void put(Map<String, Tensor> all, String prefix, String file) throws IOException {
    CheckpointFile.read(folder.resolve(file))
        .tensors()
        .forEach((path, array) -> all.put(prefix + path, Tensor.of(array)));
  }

  private String at(String file) {
    return folder.resolve(file).toString();
  }
}
