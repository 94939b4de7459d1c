package dev.heddle.cli;

import dev.heddle.cli.demo.Terminal;
import dev.heddle.cli.train.Interruption;
import dev.heddle.cli.train.Progress;
import dev.heddle.cli.train.TextFile;
import dev.heddle.cli.train.TrainingFiles;
import dev.heddle.grad.Grad;
import dev.heddle.grad.NotANumberException;
import dev.heddle.io.CheckpointFile;
import dev.heddle.models.LossCurve;
import dev.heddle.models.TextDigest;
import dev.heddle.models.Training;
import dev.heddle.models.TrainingCheckpoint;
import dev.heddle.models.TrainingPlan;
import dev.heddle.models.TrainingState;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle train}: trains a small language model on the bytes of a text. */
final class TrainCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    TrainOptions.declare(spec);
    Examples.of(
        spec,
        "heddle train --text README.md --out model.msgpack --steps 300",
        "heddle train --text README.md --resume model.msgpack --steps 600",
        "heddle train --text README.md --out decayed.npz --steps 600 --decay-steps 600",
        "",
        "Ctrl-C finishes the step, writes the checkpoint and ends. A resumed training gives the bits",
        "of one run. The losses are written to CHECKPOINT.csv and CHECKPOINT.svg.");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    @Nullable Path resume = options.matchedOptionValue("--resume", null);
    @Nullable Path given = options.matchedOptionValue("--out", resume);
    if (given == null) {
      throw new UsageException("train: missing --out (see heddle train --help)");
    }
    @Nullable TrainingCheckpoint before = resume == null ? null : TrainingCheckpoint.read(resume);
    TrainOptions wanted = TrainOptions.of(options, before == null ? null : before.plan());
    if (resume != null && before != null) {
      wanted.requireSame(resume, before.plan());
      if (before.state().step() >= wanted.steps()) {
        throw new FailedException(
            "%s: has %d steps already, and --steps asks for %d"
                .formatted(resume, before.state().step(), wanted.steps()));
      }
    }
    TrainingFiles files = files(given, resume, options);
    Path textFile = options.matchedOptionValue("--text", Path.of(""));
    byte[] text = TextFile.read(textFile, longestText());
    TextDigest digest = TextDigest.of(text);
    if (resume != null && before != null && !options.matchedOptionValue("--new-text", false)) {
      requireSame(resume, before.text(), textFile, digest);
    }
    requireMemory(wanted.plan());
    Training training = training(wanted.plan(), text, textFile);
    out.println(
        String.format(
            Locale.ROOT,
            "%,d parameters, %,d tokens a step%s",
            wanted.plan().model().parameters(),
            wanted.plan().tokensPerStep(),
            before == null ? "" : "; from step " + before.state().step() + " on"));
    boolean debugNaNs = options.matchedOptionValue("--debug-nans", false);
    new Run(wanted, training, digest, files, debugNaNs, out).go(before);
  }

  /** The files to write; checks that no existing file is lost. */
  private static TrainingFiles files(Path out, @Nullable Path resume, ParseResult options)
      throws IOException {
    CheckpointFile.of(out); // checks the extension
    boolean resumed = resume != null && Files.exists(resume) && Files.exists(out);
    boolean isOwn = resumed && Files.isSameFile(out, Objects.requireNonNull(resume));
    if (Files.exists(out) && !isOwn && !options.matchedOptionValue("--overwrite", false)) {
      throw new FailedException(
          out + ": exists; --resume " + out + " continues it, --overwrite replaces it");
    }
    TrainingFiles files = new TrainingFiles(out);
    for (Path beside : files.beside()) {
      Outputs.checkBeside(beside, options);
    }
    files.requireOwn();
    return files;
  }

  private static int longestText() {
    return (int) Math.min(Integer.MAX_VALUE - 16, Runtime.getRuntime().maxMemory() / 4);
  }

  private static void requireSame(
      Path checkpoint, @Nullable TextDigest before, Path textFile, TextDigest text) {
    if (before != null && !before.equals(text)) {
      throw new FailedException(
          "%s: was trained on another text (%s) than %s (%s); --new-text continues with that"
              .formatted(checkpoint, before, textFile, text));
    }
  }

  private static void requireMemory(TrainingPlan plan) {
    double needed = plan.minMemory();
    long given = Runtime.getRuntime().maxMemory();
    if (needed > given) {
      throw new FailedException(
          String.format(
              Locale.ROOT,
              "train: %,d parameters and %,d tokens a step need at least %,.1f GB of memory, and"
                  + " the JVM has %,.1f GB; make the model or the batch smaller, split the batch by"
                  + " --shards, or give the JVM more, for instance HEDDLE_JAVA_OPTS=-Xmx%.0fg",
              plan.model().parameters(),
              plan.tokensPerStep(),
              needed / 1e9,
              given / 1e9,
              Math.ceil(3 * needed / (1 << 30))));
    }
  }

  private static Training training(TrainingPlan plan, byte[] text, Path file) {
    try {
      return new Training(plan, text);
    } catch (IllegalArgumentException e) {
      throw new FailedException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The training of one command.
   *
   * @param options the options of the command
   * @param training the training
   * @param text the digest of the text
   * @param files the files for the checkpoint and the losses
   * @param debugNaNs whether to stop at the first operation that makes a NaN
   * @param out standard output
   */
  private record Run(
      TrainOptions options,
      Training training,
      TextDigest text,
      TrainingFiles files,
      boolean debugNaNs,
      PrintStream out) {

    void go(@Nullable TrainingCheckpoint before) throws IOException {
      TrainingPlan plan = options.plan();
      TrainingState state = before == null ? training.begin() : before.state();
      LossCurve curve = before == null ? new LossCurve() : before.curve();
      int columns = Terminal.isInteractive(out) ? Terminal.columns(System.getenv("COLUMNS")) : 0;
      try (var interruption = new Interruption();
          var progress =
              new Progress(out, columns, state.step(), options.steps(), plan.tokensPerStep())) {
        while (state.step() < options.steps() && !interruption.isRequested()) {
          Training.Step step = step(state);
          state = step.state();
          curve.add(step);
          progress.step(curve);
          if (state.step() % options.every() == 0) {
            evaluate(state, curve, progress);
            save(state, curve);
          }
        }
        if (state.step() % options.every() != 0) {
          save(state, curve);
        }
        if (state.step() < options.steps()) {
          progress.say(
              "interrupted after step %d; --resume %s --steps %d continues"
                  .formatted(state.step(), files.checkpoint(), options.steps()));
        }
      }
      out.println(
          String.format(
              Locale.ROOT,
              "step %d: loss %.3f%s; %s, %s and %s",
              state.step(),
              curve.recent(20),
              plan.heldOut() == 0
                  ? ""
                  : String.format(
                      Locale.ROOT, ", %.3f on held-out text", training.evaluate(state.params())),
              files.checkpoint(),
              files.table().getFileName(),
              files.chart().getFileName()));
    }

    private Training.Step step(TrainingState state) {
      Training.Step step;
      try {
        step = debugNaNs ? Grad.stoppingAtNaN(() -> training.step(state)) : training.step(state);
      } catch (NotANumberException e) {
        throw new FailedException(
            "train: step %d: %s; %s".formatted(state.step() + 1, e.getMessage(), kept()), e);
      }
      if (!step.isFinite()) {
        throw new FailedException(
            "train: step %d: expected finite numbers, got a loss of %s and a gradient norm of %s; %s"
                    .formatted(step.state().step(), step.loss(), step.gradientNorm(), kept())
                + (debugNaNs ? "" : "; --debug-nans names the operation"));
      }
      return step;
    }

    private String kept() {
      return Files.exists(files.checkpoint())
          ? files.checkpoint() + " is unchanged"
          : "there is no checkpoint yet";
    }

    private void evaluate(TrainingState state, LossCurve curve, Progress progress) {
      if (options.plan().heldOut() > 0) {
        float loss = training.evaluate(state.params());
        curve.add(new LossCurve.Evaluation(state.step(), loss));
        progress.say(
            String.format(Locale.ROOT, "step %d: %.3f on held-out text", state.step(), loss));
      }
    }

    private void save(TrainingState state, LossCurve curve) throws IOException {
      files.save(new TrainingCheckpoint(options.plan(), state, curve, text));
    }
  }
}
