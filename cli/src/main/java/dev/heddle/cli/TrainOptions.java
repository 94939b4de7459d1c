package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.models.CausalLanguageModel.Config;
import dev.heddle.models.PlanTensors;
import dev.heddle.models.TrainingPlan;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
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
  private static final Pattern ARGUMENT = Pattern.compile("\\w+: argument \"(\\w+)\": (.*)");

  /** Adds the options to the command. */
  static void declare(CommandSpec spec) {
    TrainingPlan usual = TrainingPlan.of(Config.small());
    Config model = usual.model();
    spec.addOption(
        Options.file("--text", "FILE", "The text to train on, read as bytes.", FileRole.INPUT)
            .required(true)
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
    spec.addOption(Options.flag("--overwrite", "Replaces the file of --out if it exists."));
    spec.addOption(
        Options.flag("--new-text", "Allows --resume with another text than the checkpoint's."));
    spec.addOption(
        positive("--steps", "The total number of steps, including earlier runs (default: 1000)."));
    spec.addOption(Options.integer("--batch", usual.batch(), "Sequences per batch"));
    spec.addOption(
        Options.integer("--length", model.length(), "The length of a sequence in bytes"));
    spec.addOption(Options.integer("--features", model.features(), "The model's features"));
    spec.addOption(Options.integer("--heads", model.heads(), "Heads per attention layer"));
    spec.addOption(Options.integer("--layers", model.layers(), "Transformer blocks"));
    spec.addOption(Options.number("--learning-rate", usual.learningRate(), "The learning rate"));
    spec.addOption(
        Options.integer("--warmup", usual.warmup(), "Warm-up steps, from a learning rate of 0"));
    spec.addOption(
        Options.integer(
            "--decay-steps",
            "The step at which cosine decay reaches the minimum learning rate (default: 0, no"
                + " decay)."));
    spec.addOption(
        Options.number(
            "--min-learning-rate",
            "The minimum learning rate (default: a tenth of --learning-rate)."));
    spec.addOption(Options.number("--b1", usual.b1(), "The decay of Adam's first moment"));
    spec.addOption(Options.number("--b2", usual.b2(), "The decay of Adam's second moment"));
    spec.addOption(Options.number("--eps", usual.eps(), "Adam's epsilon"));
    spec.addOption(
        Options.number(
            "--weight-decay", usual.weightDecay(), "AdamW's weight decay, for matrices"));
    spec.addOption(
        Options.number("--clip", usual.clip(), "The global norm that gradients are clipped to"));
    spec.addOption(Options.number("--dropout", model.dropoutRate(), "The dropout rate"));
    spec.addOption(
        Options.number("--held-out", usual.heldOut(), "The fraction of the text for evaluation"));
    spec.addOption(
        Options.of(
                "--seed",
                "N",
                Long.class,
                "The seed of parameters, batches and dropout (default: 0).")
            .build());
    spec.addOption(Options.dtype("The dtype of the computation: "));
    spec.addOption(
        Options.integer(
            "--accumulate", usual.accumulate(), "Batches per step, gradients accumulated"));
    spec.addOption(
        Options.integer(
            "--shards", usual.shards(), "Parts of a batch whose gradients are summed in order"));
    spec.addOption(
        positive("--every", "Steps between evaluations and checkpoints (default: 100)."));
    spec.addOption(
        Options.flag("--debug-nans", "Names the first operation that makes a NaN; slower."));
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
    int every = options.matchedOptionValue("--every", USUAL_EVERY);
    try {
      return new TrainOptions(plan(options, start), steps, every);
    } catch (IllegalArgumentException e) {
      throw new UsageException("train: " + inOptions(String.valueOf(e.getMessage())), e);
    }
  }

  private static TrainingPlan plan(ParseResult given, TrainingPlan base) {
    Config model = base.model();
    DType before = Objects.requireNonNullElse(model.dtype(), DType.FLOAT32);
    DType dtype = Objects.requireNonNullElse(Options.dtype(given), before);
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

  private static OptionSpec positive(String name, String description) {
    return Options.integer(name, 1, Integer.MAX_VALUE, "a positive number", description);
  }

  private static OptionSpec checkpoint(String name, String description, FileRole role) {
    return Options.file(name, "CHECKPOINT", description, role).build();
  }
}
