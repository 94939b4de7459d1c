package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.ConfigJson;
import dev.heddle.linen.Applied;
import dev.heddle.linen.AttentionInputs;
import dev.heddle.linen.MultiHeadDotProductAttention;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle apply}: runs attention on inputs, as Flax's {@code apply}. */
final class ApplyCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(FileOptions.config());
    spec.addOption(FileOptions.variables());
    spec.addOption(FileOptions.inputs());
    spec.addOption(FileOptions.output("O", "Where output and the mutated collections go."));
    RandomOptions.declare(spec, "Without it there is none.");
    spec.addOption(
        OptionSpec.builder("--mutable")
            .paramLabel("NAME,NAME")
            .type(String.class)
            .description("Collections that may change and are written, such as cache.")
            .build());
    spec.addOption(
        OptionSpec.builder("--sow-weights")
            .type(boolean.class)
            .arity("0")
            .description("Writes intermediates/attention_weights/0 as well.")
            .build());
    Examples.of(
        spec,
        "heddle apply --config C.json --variables V.safetensors --inputs I.npz --output O.npz",
        "heddle apply --config C.json --variables V.safetensors --inputs I.npz --output O.npz \\",
        "    --deterministic=false --rng dropout=1 --sow-weights",
        "",
        "A step of decoding; its cache is the next step's:",
        "heddle apply --config C.json --variables V.npz STEP1.npz --inputs TOKEN2.npz \\",
        "    --mutable cache --output STEP2.npz");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    RandomOptions random = RandomOptions.of(options);
    boolean sowWeights = options.matchedOptionValue("--sow-weights", false);
    Mutable mutable = mutable(options.matchedOptionValue("--mutable", null), sowWeights);
    OutputFile output = OutputFile.at(options.matchedOptionValue("--output", Path.of("")));
    List<Path> variablesFiles = List.of(options.matchedOptionValue("--variables", new Path[0]));
    Path inputsFile = options.matchedOptionValue("--inputs", Path.of(""));
    Path configFile = options.matchedOptionValue("--config", Path.of(""));
    MultiHeadDotProductAttention attention = ConfigJson.read(configFile);
    Variables variables = VariablesFiles.read(variablesFiles);
    AttentionInputs inputs =
        InputsFile.read(inputsFile, random.deterministic()).sowWeights(sowWeights);
    Rngs rngs = random.rngs(GlobalOptions.of(options).x64());
    Applied<Array> applied =
        new Blame(configFile, inputsFile, variablesFiles)
            .on(() -> attention.apply(variables, inputs, rngs, mutable));
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    tensors.put("output", applied.output());
    tensors.putAll(applied.variables().flatten());
    output.write(tensors, Map.of());
  }

  private static Mutable mutable(@Nullable String list, boolean sowWeights) {
    String[] names = list == null ? new String[0] : list.split(",", -1);
    for (String name : names) {
      if (name.isBlank()) {
        throw new UsageException("--mutable " + list + ": expected names with commas between");
      }
    }
    Mutable mutable = Mutable.of(names);
    return sowWeights ? mutable.and("intermediates") : mutable;
  }
}
