package dev.heddle.cli;

import dev.heddle.io.ConfigJson;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle init}: initializes the variables of a configuration, as Flax's {@code init}. */
final class InitCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Options.config());
    spec.addOption(Options.inputs("inputs_q"));
    spec.addOption(
        Options.output("V", "File for the variables: params/..., and cache/... with decode."));
    RandomOptions.declare(spec, "Default: params=0.");
    Examples.of(
        spec,
        "echo '{\"num_heads\": 8, \"qkv_features\": 64}' > C.json",
        "heddle init --config C.json --inputs I.npz --output V.safetensors",
        "heddle init --config C.json --inputs I.npz --output V.msgpack --rng params=42");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    RandomOptions random = RandomOptions.of(options).orElse("params", 0);
    OutputFile output = OutputFile.at(options.matchedOptionValue("--output", Path.of("")));
    Path configFile = options.matchedOptionValue("--config", Path.of(""));
    MultiHeadDotProductAttention attention = ConfigJson.read(configFile);
    InputsFile file = InputsFile.read(options.matchedOptionValue("--inputs", Path.of("")));
    AttentionInputs inputs = file.attentionInputs(random.deterministic());
    Variables variables =
        new ErrorAttribution(configFile, file, List.of())
            .on(() -> attention.init(random.rngs(GlobalOptions.of(options).x64()), inputs));
    output.write(
        out,
        variables.flatten(),
        Map.of(
            "heddle", VersionCommand.version(),
            "config", ConfigJson.write(attention),
            "rng", random.toString()));
  }
}
