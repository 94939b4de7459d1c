package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.models.ByteTokenizer;
import dev.heddle.models.CausalLanguageModel;
import dev.heddle.models.Sampling;
import dev.heddle.models.TextGenerator;
import dev.heddle.models.TrainingCheckpoint;
import dev.heddle.random.Key;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle generate}: continues a text with a model that {@code heddle train} wrote. */
final class GenerateCommand implements Command {
  private static final int USUAL_TOKENS = 200;

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Options.file("--model", "CHECKPOINT", "A checkpoint of heddle train.", FileRole.INPUT)
            .required(true)
            .build());
    spec.addOption(
        Options.of("--prompt", "TEXT", String.class, "The text to continue.")
            .required(true)
            .build());
    spec.addOption(
        Options.integer(
            "--max-tokens",
            0,
            Integer.MAX_VALUE,
            "0 or more",
            "The number of tokens (bytes) to generate (default: 200)."));
    spec.addOption(
        Options.number(
            "--temperature",
            "Divides the logits (default: 1); 0 selects the most probable token."));
    spec.addOption(Options.integer("--top-k", "Samples from the N most probable tokens."));
    spec.addOption(
        Options.number(
            "--top-p", "Samples from the most probable tokens whose probabilities add up to X."));
    spec.addOption(
        Options.of("--seed", "N", Long.class, "The seed of the sampling (default: 0).").build());
    Examples.of(
        spec,
        "heddle generate --model model.msgpack --prompt 'The attention '",
        "heddle generate --model model.msgpack --prompt 'The ' --temperature 0.8 --top-k 40 --seed"
            + " 1");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    String prompt = options.matchedOptionValue("--prompt", "");
    if (prompt.isEmpty()) {
      throw new UsageException("--prompt: expected a text, got an empty string");
    }
    int tokens = options.matchedOptionValue("--max-tokens", USUAL_TOKENS);
    Sampling sampling = sampling(options);
    long seed = options.matchedOptionValue("--seed", 0L);
    TrainingCheckpoint trained =
        TrainingCheckpoint.read(options.matchedOptionValue("--model", Path.of("")));
    CausalLanguageModel model = CausalLanguageModel.of(trained.plan().model());
    TextGenerator generator = new TextGenerator(model, trained.state().params(), sampling);
    Array more = generator.generate(ByteTokenizer.encode(prompt), tokens, Key.of(seed));
    out.println(prompt + withoutControls(ByteTokenizer.decode(more)));
  }

  private static Sampling sampling(ParseResult options) {
    try {
      return new Sampling(
          options.matchedOptionValue("--temperature", 1.0),
          options.matchedOptionValue("--top-k", 0),
          options.matchedOptionValue("--top-p", 1.0));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage())
              .replaceFirst("generate: argument \"(\\w+)\": ", "generate: --$1: ")
              .replace("_", "-"),
          e);
    }
  }

  /** The text without control characters, which a terminal would interpret. */
  private static String withoutControls(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\uFFFD");
  }
}
