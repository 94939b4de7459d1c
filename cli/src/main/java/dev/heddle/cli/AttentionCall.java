package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.ConfigJson;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * A call of attention on files, to be computed or differentiated: the common part of {@code apply}
 * and {@code grad}.
 *
 * @param attention the module of {@code --config}
 * @param variables the variables of {@code --variables}
 * @param inputs the inputs of {@code --inputs}
 * @param deterministic whether dropout is off; null leaves it to the configuration
 * @param rngs the random streams of {@code --rng}
 * @param mutable the collections of {@code --mutable}, and intermediates with {@code --sow-weights}
 * @param sowWeights whether the attention weights are sown
 * @param errors adds the file to the library's errors
 * @param output the file for the results
 */
record AttentionCall(
    MultiHeadDotProductAttention attention,
    Variables variables,
    InputsFile inputs,
    @Nullable Boolean deterministic,
    Rngs rngs,
    Mutable mutable,
    boolean sowWeights,
    ErrorAttribution errors,
    OutputFile output) {
  /** The collections that attention can write. */
  private static final List<String> COLLECTIONS = List.of("cache", "intermediates", "params");

  /** Reads the file of {@code --inputs}. */
  interface Reader {
    InputsFile read(Path path) throws IOException;
  }

  /**
   * Adds the options to a command.
   *
   * @param spec the command's specification
   * @param inputs the tensors that the inputs must hold
   * @param written the tensors written besides the collections, for the help
   */
  static void declare(CommandSpec spec, String inputs, String written) {
    spec.addOption(Options.config());
    spec.addOption(
        OptionSpec.builder("--variables")
            .paramLabel("V")
            .type(Path[].class)
            .arity("1..*")
            .required(true)
            .description(
                "params/..., optionally cache/...; tensors of later files replace those of earlier"
                    + " ones.")
            .build());
    spec.addOption(Options.inputs(inputs));
    spec.addOption(Options.output("O", "File for " + written + " and the mutated collections."));
    RandomOptions.declare(spec, "Default: none.");
    spec.addOption(
        Options.names(
            "--mutable",
            "NAME",
            COLLECTIONS,
            "Collections that the call may change; they are written. Example: cache."));
    spec.addOption(
        Options.flag("--sow-weights", "Writes intermediates/attention_weights/0 as well."));
  }

  /**
   * Reads and checks the options, then the files.
   *
   * @param options the parsed command line
   * @param reader reads the inputs
   * @throws UsageException if an option's value is malformed
   * @throws FailedException if a file has other content than expected
   * @throws IOException if a file cannot be read
   */
  static AttentionCall read(ParseResult options, Reader reader) throws IOException {
    RandomOptions random = RandomOptions.of(options);
    boolean sowWeights = options.matchedOptionValue("--sow-weights", false);
    List<String> names = Options.names(options, "--mutable", List.of());
    Mutable mutable = Mutable.of(names.toArray(String[]::new));
    OutputFile output = OutputFile.at(options.matchedOptionValue("--output", Path.of("")));
    List<Path> variables = List.of(options.matchedOptionValue("--variables", new Path[0]));
    Path config = options.matchedOptionValue("--config", Path.of(""));
    MultiHeadDotProductAttention attention = ConfigJson.read(config);
    Variables tensors = VariablesFiles.read(variables);
    InputsFile inputs = reader.read(options.matchedOptionValue("--inputs", Path.of("")));
    return new AttentionCall(
        attention,
        tensors,
        inputs,
        random.deterministic(),
        random.rngs(GlobalOptions.of(options).x64()),
        sowWeights ? mutable.and("intermediates") : mutable,
        sowWeights,
        new ErrorAttribution(config, inputs, variables),
        output);
  }

  /** The call itself. */
  Applied<Array> apply() {
    AttentionInputs in = inputs.attentionInputs(deterministic).sowWeights(sowWeights);
    return attention.apply(variables, in, rngs, mutable);
  }

  /** The same call on other parameters and inputs. */
  AttentionCall with(Variables newVariables, InputsFile newInputs) {
    return new AttentionCall(
        attention,
        newVariables,
        newInputs,
        deterministic,
        rngs,
        mutable,
        sowWeights,
        errors,
        output);
  }

  /**
   * Writes the results.
   *
   * @param out standard output
   * @param tensors by name
   * @throws IOException if the file cannot be written; no partial file is left
   */
  void write(PrintStream out, SequencedMap<String, Array> tensors) throws IOException {
    output.write(out, tensors, Map.of());
  }
}
