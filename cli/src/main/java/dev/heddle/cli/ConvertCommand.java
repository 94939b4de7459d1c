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
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle convert}: converts one layer's attention weights to another framework's layout. */
final class ConvertCommand implements Command {
  private static final List<String> LAYOUTS =
      List.of(Layout.FLAX.toString(), Layout.TORCH_MHA.toString(), Layout.HF_BERT.toString());

  @Override
  public void declare(CommandSpec spec) {
    spec.addPositional(file("IN", 0, "The file to read.", FileRole.INPUT));
    spec.addPositional(
        file("OUT", 1, "The file to write, in any of the formats.", FileRole.OUTPUT));
    spec.addOption(layout("--from", "The layout of IN: flax, torch-mha or hf-bert."));
    spec.addOption(layout("--to", "The layout of OUT."));
    spec.addOption(
        OptionSpec.builder("--num-heads")
            .paramLabel("N")
            .type(Integer.class)
            .description(
                "The number of heads; required for --to flax, since other layouts do not store it.")
            .build());
    spec.addOption(
        OptionSpec.builder("--prefix")
            .paramLabel("NAME")
            .type(String.class)
            .description("The layer in a file with several: the prefix of its tensors' names.")
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
    Layout from = layout(options, "--from");
    Layout to = layout(options, "--to");
    @Nullable Integer numHeads = options.matchedOptionValue("--num-heads", null);
    if (numHeads != null && numHeads < 1) {
      throw new UsageException("--num-heads " + numHeads + ": expected 1 or more");
    }
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

  private static Layout layout(ParseResult options, String name) {
    String text = options.matchedOptionValue(name, "");
    if (!LAYOUTS.contains(text)) {
      throw new UsageException(
          name + " " + text + ": expected one of " + String.join(", ", LAYOUTS));
    }
    return Layout.of(text);
  }

  private static OptionSpec layout(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("LAYOUT")
        .type(String.class)
        .required(true)
        .completionCandidates(LAYOUTS)
        .description(description)
        .build();
  }

  private static PositionalParamSpec file(
      String label, int index, String description, FileRole role) {
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .type(Path.class)
        .userObject(role)
        .index(Integer.toString(index))
        .arity("1")
        .required(true)
        .description(description)
        .build();
  }
}
