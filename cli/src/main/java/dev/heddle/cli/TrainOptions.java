package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.io.Suggest;
import dev.heddle.models.CausalLanguageModel.Config;
import dev.heddle.models.PlanTensors;
import dev.heddle.models.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of {@code heddle train}.
 *
 * @param plan the training plan
 * @param steps the total number of steps
 * @param every the number of steps between checkpoints
 */
record TrainOptions(TrainingPlan plan, int steps, int every) {
  private static final int USUAL_STEPS = 1000;
  private static final int USUAL_EVERY = 100;
  private static final List<String> DTYPES = List.of("float32", "bfloat16", "float16", "float64");
  private static final Pattern ARGUMENT = Pattern.compile("\\w+: argument \"(\\w+)\": (.*)");

  /** Adds the options to the command. */
  static void declare(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("--text")
            .paramLabel("FILE")
            .type(Path.class)
            .required(true)
            .description("The text to train on, read as bytes.")
            .build());
    spec.addOption(
        checkpoint(
            "--out",
            "The checkpoint to write, a new file; not needed with --resume.",
            FileRole.OUTPUT));
    spec.addOption(
        checkpoint(
            "--resume",
            "Continues from this checkpoint, with the bits of one run, and replaces it.",
            FileRole.UPDATED));
    spec.addOption(flag("--overwrite", "Replaces the file of --out if it exists."));
    spec.addOption(flag("--new-text", "Allows --resume with another text than the checkpoint's."));
    spec.addOption(
        integer("--steps", "The total number of steps, including earlier runs (default: 1000)."));
    spec.addOption(integer("--batch", "Sequences per batch (default: 16)."));
    spec.addOption(integer("--length", "The length of a sequence in bytes (default: 128)."));
    spec.addOption(integer("--features", "The model's features (default: 128)."));
    spec.addOption(integer("--heads", "Heads per attention layer (default: 4)."));
    spec.addOption(integer("--layers", "Transformer blocks (default: 4)."));
    spec.addOption(number("--learning-rate", "The learning rate (default: 0.001)."));
    spec.addOption(integer("--warmup", "Warm-up steps, from a learning rate of 0 (default: 100)."));
    spec.addOption(
        integer(
            "--decay-steps",
            "The step at which cosine decay reaches the minimum learning rate (default: 0, no"
                + " decay)."));
    spec.addOption(
        number(
            "--min-learning-rate",
            "The minimum learning rate (default: a tenth of --learning-rate)."));
    spec.addOption(number("--b1", "The decay of Adam's first moment (default: 0.9)."));
    spec.addOption(number("--b2", "The decay of Adam's second moment (default: 0.99)."));
    spec.addOption(number("--eps", "Adam's epsilon (default: 1e-8)."));
    spec.addOption(number("--weight-decay", "AdamW's weight decay, for matrices (default: 0.1)."));
    spec.addOption(number("--clip", "The global norm that gradients are clipped to (default: 1)."));
    spec.addOption(number("--dropout", "The dropout rate (default: 0)."));
    spec.addOption(number("--held-out", "The fraction of the text for evaluation (default: 0.1)."));
    spec.addOption(
        OptionSpec.builder("--seed")
            .paramLabel("N")
            .type(Long.class)
            .description("The seed of parameters, batches and dropout (default: 0).")
            .build());
    spec.addOption(
        OptionSpec.builder("--dtype")
            .paramLabel("T")
            .type(String.class)
            .completionCandidates(DTYPES)
            .description(
                "The dtype of the computation: float32 (default), bfloat16, float16 or float64.")
            .build());
    spec.addOption(
        integer("--accumulate", "Batches per step, gradients accumulated (default: 1)."));
    spec.addOption(
        integer("--shards", "Parts of a batch whose gradients are summed in order (default: 1)."));
    spec.addOption(integer("--every", "Steps between evaluations and checkpoints (default: 100)."));
    spec.addOption(flag("--debug-nans", "Names the first operation that makes a NaN; slower."));
  }

  /**
   * Reads and checks the options.
   *
   * @param base the plan of the checkpoint that is resumed, or null
   * @throws UsageException if a value is invalid
   */
  static TrainOptions of(ParseResult options, @Nullable TrainingPlan base) {
    TrainingPlan start = base == null ? TrainingPlan.of(Config.small()) : base;
    int decay = options.matchedOptionValue("--decay-steps", start.decaySteps());
    int steps = options.matchedOptionValue("--steps", decay > 0 ? decay : USUAL_STEPS);
    requirePositive("--steps", steps);
    int every = options.matchedOptionValue("--every", USUAL_EVERY);
    requirePositive("--every", every);
    try {
      return new TrainOptions(plan(options, start), steps, every);
    } catch (IllegalArgumentException e) {
      throw new UsageException("train: " + inOptions(String.valueOf(e.getMessage())), e);
    }
  }

  private static TrainingPlan plan(ParseResult given, TrainingPlan base) {
    Config model = base.model();
    DType dtype = dtype(given, model.dtype());
    Config.Builder builder =
        model.toBuilder()
            .length(given.matchedOptionValue("--length", model.length()))
            .features(given.matchedOptionValue("--features", model.features()))
            .heads(given.matchedOptionValue("--heads", model.heads()))
            .layers(given.matchedOptionValue("--layers", model.layers()))
            .dropoutRate(given.matchedOptionValue("--dropout", model.dropoutRate()))
            .dtype(dtype)
            .paramDtype(dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
    TrainingPlan.Builder plan =
        base.toBuilder()
            .model(builder.build())
            .batch(given.matchedOptionValue("--batch", base.batch()))
            .accumulate(given.matchedOptionValue("--accumulate", base.accumulate()))
            .shards(given.matchedOptionValue("--shards", base.shards()))
            .learningRate(given.matchedOptionValue("--learning-rate", base.learningRate()))
            .warmup(given.matchedOptionValue("--warmup", base.warmup()))
            .decaySteps(given.matchedOptionValue("--decay-steps", base.decaySteps()))
            .b1(given.matchedOptionValue("--b1", base.b1()))
            .b2(given.matchedOptionValue("--b2", base.b2()))
            .eps(given.matchedOptionValue("--eps", base.eps()))
            .weightDecay(given.matchedOptionValue("--weight-decay", base.weightDecay()))
            .clip(given.matchedOptionValue("--clip", base.clip()))
            .heldOut(given.matchedOptionValue("--held-out", base.heldOut()))
            .seed(given.matchedOptionValue("--seed", base.seed()));
    if (given.hasMatchedOption("--min-learning-rate")) {
      plan.minLearningRate(given.matchedOptionValue("--min-learning-rate", 0.0));
    } else if (given.hasMatchedOption("--learning-rate")) {
      plan.minLearningRate(Double.NaN); // a tenth of the new learning rate
    }
    return plan.build();
  }

  private static DType dtype(ParseResult options, @Nullable DType before) {
    String name = options.matchedOptionValue("--dtype", null);
    if (name == null) {
      return before == null ? DType.FLOAT32 : before;
    }
    if (!DTYPES.contains(name)) {
      throw new UsageException(
          "--dtype %s: expected one of %s%s"
              .formatted(name, String.join(", ", DTYPES), Suggest.hint(name, DTYPES)));
    }
    return DType.of(name);
  }

  /** The library's message about an argument, with the option's name. */
  private static String inOptions(String message) {
    Matcher matcher = ARGUMENT.matcher(message);
    if (!matcher.matches()) {
      return message;
    }
    String name = matcher.group(1).equals("dropout_rate") ? "dropout" : matcher.group(1);
    return "--" + name.replace('_', '-') + ": " + matcher.group(2);
  }

  /**
   * Checks that the options agree with the plan of the checkpoint.
   *
   * @param file the checkpoint
   * @param base its plan
   * @throws FailedException if an option differs
   */
  void requireSame(Path file, TrainingPlan base) {
    Map<String, Array> expected = PlanTensors.of(plan);
    PlanTensors.of(base)
        .forEach((name, got) -> {
          Array wanted = expected.get(name);
          if (wanted != null && !wanted.equals(got)) {
            throw new FailedException(
                "%s: tensor \"config/%s\": expected %s as --%s says, got %s"
                    .formatted(
                        file, name, text(wanted, got), name.replace('_', '-'), text(got, wanted)));
          }
        });
  }

  private static String text(Array one, Array other) {
    if (one.dtype() != other.dtype()) {
      return one.dtype().toString();
    }
    return one.dtype().isFloating()
        ? Double.toString(one.item())
        : Long.toString(one.toLongArray()[0]);
  }

  private static void requirePositive(String name, int number) {
    if (number < 1) {
      throw new UsageException(name + " " + number + ": expected a positive number");
    }
  }

  private static OptionSpec integer(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("N")
        .type(Integer.class)
        .description(description)
        .build();
  }

  private static OptionSpec number(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("X")
        .type(Double.class)
        .description(description)
        .build();
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
  }

  private static OptionSpec checkpoint(String name, String description, FileRole role) {
    return OptionSpec.builder(name)
        .paramLabel("CHECKPOINT")
        .type(Path.class)
        .userObject(role)
        .description(description)
        .build();
  }
}
