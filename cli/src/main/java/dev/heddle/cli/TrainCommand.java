package dev.heddle.cli;

import dev.heddle.cli.demo.Terminal;
import dev.heddle.cli.train.Interruption;
import dev.heddle.cli.train.LossChart;
import dev.heddle.cli.train.Progress;
import dev.heddle.grad.Grad;
import dev.heddle.grad.NotANumberException;
import dev.heddle.io.AtomicFile;
import dev.heddle.models.LossCurve;
import dev.heddle.models.Training;
import dev.heddle.models.TrainingCheckpoint;
import dev.heddle.models.TrainingPlan;
import dev.heddle.models.TrainingState;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle train}: a small language model learns a text, byte by byte. */
final class TrainCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    TrainOptions.declare(spec);
    Examples.of(
        spec,
        "heddle train --text README.md --out model.msgpack --steps 300",
        "heddle train --text README.md --resume model.msgpack --steps 600",
        "",
        "Ctrl-C finishes the step, writes the checkpoint and ends; --resume goes on to the bits of",
        "one run. Beside CHECKPOINT stand its losses, as .csv and as .svg.");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    @Nullable Path resume = options.matchedOptionValue("--resume", null);
    @Nullable Path given = options.matchedOptionValue("--out", resume);
    if (given == null) {
      throw new UsageException("train: missing --out (see heddle train --help)");
    }
    TrainOptions checked = TrainOptions.of(options, null); // before any file is looked at
    OutputFile.at(given);
    byte[] text = text(options.matchedOptionValue("--text", Path.of("")));
    @Nullable TrainingCheckpoint before = resume == null ? null : TrainingCheckpoint.read(resume);
    TrainOptions wanted = checked;
    if (resume != null && before != null) {
      wanted = TrainOptions.of(options, before.plan());
      wanted.requireSame(resume, before.plan());
      if (before.state().step() >= wanted.steps()) {
        throw new FailedException(
            "%s: has %d steps already, and --steps asks for %d"
                .formatted(resume, before.state().step(), wanted.steps()));
      }
    }
    Training training =
        training(wanted.plan(), text, options.matchedOptionValue("--text", Path.of("")));
    boolean debugNaNs = options.matchedOptionValue("--debug-nans", false);
    new Run(wanted, training, given, debugNaNs, out).go(before);
  }

  private static byte[] text(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FailedException(file + ": is a folder, expected a file");
    }
    if (Files.exists(file) && Files.size(file) > Integer.MAX_VALUE - 8) {
      throw new FailedException(file + ": expected a text of less than 2 GiB");
    }
    byte[] text = Files.readAllBytes(file);
    if (text.length == 0) {
      throw new FailedException(file + ": is empty, expected a text");
    }
    return text;
  }

  private static Training training(TrainingPlan plan, byte[] text, Path file) {
    try {
      return new Training(plan, text);
    } catch (IllegalArgumentException e) {
      throw new FailedException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * One run of the command.
   *
   * @param options what is wanted
   * @param training the work
   * @param file where the checkpoint goes
   * @param debugNaNs whether the first operation that makes a NaN is looked for
   * @param out standard output
   */
  private record Run(
      TrainOptions options, Training training, Path file, boolean debugNaNs, PrintStream out) {

    void go(@Nullable TrainingCheckpoint before) throws IOException {
      TrainingPlan plan = options.plan();
      TrainingState state = before == null ? training.begin() : before.state();
      LossCurve curve = before == null ? new LossCurve() : before.curve();
      out.println(
          String.format(
              Locale.ROOT,
              "%,d parameters, %,d tokens a step%s",
              state.params().size(),
              training.tokensAStep(),
              before == null ? "" : "; from step " + state.step() + " on"));
      int columns = Terminal.isInteractive(out) ? Terminal.columns(System.getenv("COLUMNS")) : 0;
      try (var interruption = new Interruption();
          var progress =
              new Progress(out, columns, state.step(), options.steps(), training.tokensAStep())) {
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
              "interrupted after step %d; --resume %s goes on".formatted(state.step(), file));
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
                      Locale.ROOT,
                      ", %.3f on text not trained on",
                      training.evaluate(state.params())),
              file,
              beside(".csv").getFileName(),
              beside(".svg").getFileName()));
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
            "train: step %d: expected numbers, got a loss of %s and a gradient of length %s; %s"
                    .formatted(step.state().step(), step.loss(), step.gradientNorm(), kept())
                + (debugNaNs ? "" : "; --debug-nans names the operation"));
      }
      return step;
    }

    private String kept() {
      return Files.exists(file) ? file + " stays as it is" : "there is no checkpoint yet";
    }

    private void evaluate(TrainingState state, LossCurve curve, Progress progress) {
      if (options.plan().heldOut() > 0) {
        float loss = training.evaluate(state.params());
        curve.add(new LossCurve.Evaluation(state.step(), loss));
        progress.say(
            String.format(Locale.ROOT, "step %d: %.3f on text not trained on", state.step(), loss));
      }
    }

    private void save(TrainingState state, LossCurve curve) throws IOException {
      new TrainingCheckpoint(options.plan(), state, curve).write(file);
      write(beside(".csv"), curve.toCsv(options.plan().schedule()));
      write(beside(".svg"), LossChart.svg(curve));
    }

    /** The file's name with another ending. */
    private Path beside(String ending) {
      String name = String.valueOf(file.getFileName());
      return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ending);
    }

    private static void write(Path file, String text) throws IOException {
      AtomicFile.write(
          file,
          channel -> {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
    }
  }
}
