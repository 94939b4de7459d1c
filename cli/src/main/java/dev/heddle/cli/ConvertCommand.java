package dev.heddle.cli;

import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import dev.heddle.io.Layout;
import dev.heddle.io.Layouts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle convert}: converts one layer's attention weights to another framework's layout. */
final class ConvertCommand implements Command {
  private static final List<String> LAYOUTS =
      List.of(Layout.FLAX.toString(), Layout.TORCH_MHA.toString(), Layout.HF_BERT.toString());

  @Override
  public void declare(CommandSpec spec) {
    spec.addPositional(Options.positional("IN", 0, "The file to read.", FileRole.INPUT));
    spec.addPositional(
        Options.positional("OUT", 1, "The file to write, in any of the formats.", FileRole.OUTPUT));
    spec.addOption(layout("--from", "The layout of IN: flax, torch-mha or hf-bert."));
    spec.addOption(layout("--to", "The layout of OUT."));
    spec.addOption(
        Options.integer(
            "--num-heads",
            1,
            Integer.MAX_VALUE,
            "1 or more",
            "The number of heads; required for --to flax, since other layouts do not store it."));
    spec.addOption(
        Options.of(
                "--prefix",
                "NAME",
                String.class,
                "The layer in a file with several: the prefix of its tensors' names.")
            .build());
    Examples.of(
        spec,
        "heddle convert model.safetensors layer0.msgpack --from hf-bert --to flax --num-heads 12"
            + " \\",
        "    --prefix encoder.layer.0",
        "heddle convert V.safetensors torch.safetensors --from flax --to torch-mha",
        "",
        "Another file format; all tensors of all collections and of a training's state are kept:",
        "heddle convert V.msgpack V.npz --from flax --to flax");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    Layout from = Layout.of(options.matchedOptionValue("--from", ""));
    Layout to = Layout.of(options.matchedOptionValue("--to", ""));
    @Nullable Integer numHeads = options.matchedOptionValue("--num-heads", null);
    if (numHeads == null && to == Layout.FLAX && from != Layout.FLAX) {
      throw new UsageException(
          "--num-heads is missing: " + from + " does not store it, flax requires it");
    }
    Path in = options.matchedPositionalValue(0, Path.of(""));
    OutputFile output = OutputFile.at(options.matchedPositionalValue(1, Path.of("")));
    Checkpoint read = CheckpointFile.read(in);
    Layouts layouts = Layouts.from(from).prefix(options.matchedOptionValue("--prefix", ""));
    Layouts conversion = numHeads == null ? layouts : layouts.numHeads(numHeads);
    Checkpoint converted;
    try {
      converted = conversion.convert(read, to);
    } catch (IllegalArgumentException e) {
      throw new FailedException(in + ": " + e.getMessage(), e);
    }
    Map<String, String> metadata = new LinkedHashMap<>(converted.metadata());
    metadata.put("format", to == Layout.FLAX ? "flax" : "pt");
    output.write(out, converted.tensors(), metadata);
  }

  private static OptionSpec layout(String name, String description) {
    return Options.choice(name, "LAYOUT", LAYOUTS, description).required(true).build();
  }
}
