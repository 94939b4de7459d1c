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
 * @param plan what is trained, and how
 * @param steps after how many steps it ends
 * @param every how many steps lie between checkpoints
 */
record TrainOptions(TrainingPlan plan, int steps, int every) {
  private static final int USUAL_STEPS = 1000;
  private static final int USUAL_EVERY = 100;
  private static final List<String> DTYPES = List.of("float32", "bfloat16", "float16", "float64");
  private static final Pattern ARGUMENT = Pattern.compile("\\w+: argument \"(\\w+)\": (.*)");

  /** Adds the options to the command. */
  static void declare(CommandSpec spec) {
    spec.addOption(file("--text", "FILE", "What is learned: any text, read as bytes.", true));
    spec.addOption(
        file("--out", "CHECKPOINT", "Where it goes; needed unless --resume says where.", false));
    spec.addOption(
        file("--resume", "CHECKPOINT", "Goes on from here, to the bits of one run.", false));
    spec.addOption(whole("--steps", "How many steps, those before included (default: 1000)."));
    spec.addOption(whole("--batch", "Stretches of text in a batch (default: 16)."));
    spec.addOption(whole("--length", "Bytes of a stretch (default: 128)."));
    spec.addOption(whole("--features", "The model's width (default: 128)."));
    spec.addOption(whole("--heads", "Heads of each attention (default: 4)."));
    spec.addOption(whole("--layers", "Blocks (default: 4)."));
    spec.addOption(real("--learning-rate", "The rate at its highest (default: 0.001)."));
    spec.addOption(whole("--warmup", "Steps it rises (default: a tenth, at most 100)."));
    spec.addOption(whole("--decay-steps", "The step of the lowest rate (default: --steps)."));
    spec.addOption(real("--weight-decay", "AdamW's, of matrices (default: 0.1)."));
    spec.addOption(real("--clip", "The gradient's greatest length (default: 1)."));
    spec.addOption(real("--dropout", "The share set to zero (default: 0)."));
    spec.addOption(real("--held-out", "The text's end that is evaluated with (default: 0.1)."));
    spec.addOption(
        OptionSpec.builder("--seed")
            .paramLabel("N")
            .type(Long.class)
            .description("Of everything that is drawn (default: 0).")
            .build());
    spec.addOption(
        OptionSpec.builder("--dtype")
            .paramLabel("T")
            .type(String.class)
            .completionCandidates(DTYPES)
            .description("The computation's: float32 (default), bfloat16, float16; or float64.")
            .build());
    spec.addOption(whole("--accumulate", "Batches that make a step (default: 1)."));
    spec.addOption(whole("--shards", "Parts of a batch, summed in order (default: 1)."));
    spec.addOption(whole("--every", "Steps between evaluations and checkpoints (default: 100)."));
    spec.addOption(
        OptionSpec.builder("--debug-nans")
            .type(boolean.class)
            .arity("0")
            .description("Watches for the operation that first makes a NaN; slower.")
            .build());
  }

  /**
   * Reads and checks the options.
   *
   * @param base the plan of the checkpoint that is resumed, or null
   * @throws UsageException if one makes no sense
   */
  static TrainOptions of(ParseResult options, @Nullable TrainingPlan base) {
    Integer last = options.matchedOptionValue("--steps", null);
    Integer decay = options.matchedOptionValue("--decay-steps", null);
    int steps = last != null ? last : base != null ? base.decaySteps() : USUAL_STEPS;
    if (last == null && decay != null) {
      steps = decay;
    }
    requirePositive("--steps", steps);
    int every = options.matchedOptionValue("--every", USUAL_EVERY);
    requirePositive("--every", every);
    try {
      return new TrainOptions(
          plan(options, base == null ? TrainingPlan.of(Config.small(), steps) : base),
          steps,
          every);
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
    return new TrainingPlan(
        builder.build(),
        given.matchedOptionValue("--batch", base.batch()),
        given.matchedOptionValue("--accumulate", base.accumulate()),
        given.matchedOptionValue("--shards", base.shards()),
        given.matchedOptionValue("--learning-rate", base.learningRate()),
        given.matchedOptionValue("--warmup", base.warmup()),
        given.matchedOptionValue("--decay-steps", base.decaySteps()),
        given.matchedOptionValue("--weight-decay", base.weightDecay()),
        given.matchedOptionValue("--clip", base.clip()),
        given.matchedOptionValue("--held-out", base.heldOut()),
        given.matchedOptionValue("--seed", base.seed()));
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

  /** The library's complaint about an argument, by the option's name. */
  private static String inOptions(String message) {
    Matcher matcher = ARGUMENT.matcher(message);
    if (!matcher.matches()) {
      return message;
    }
    String name = matcher.group(1).equals("dropout_rate") ? "dropout" : matcher.group(1);
    return "--" + name.replace('_', '-') + ": " + matcher.group(2);
  }

  /**
   * That the options ask for what the checkpoint is of.
   *
   * @param file the checkpoint
   * @param base its plan
   * @throws FailedException if an option says otherwise
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

  private static OptionSpec whole(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("N")
        .type(Integer.class)
        .description(description)
        .build();
  }

  private static OptionSpec real(String name, String description) {
    return OptionSpec.builder(name)
        .paramLabel("X")
        .type(Double.class)
        .description(description)
        .build();
  }

  private static OptionSpec file(String name, String label, String description, boolean required) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(Path.class)
        .required(required)
        .description(description)
        .build();
  }
}
