package dev.heddle.cli.demo;

import dev.heddle.array.Array;
import dev.heddle.cli.train.LossPlot;
import dev.heddle.cli.train.Progress;
import dev.heddle.models.ByteTokenizer;
import dev.heddle.models.CausalLanguageModel.Config;
import dev.heddle.models.LossCurve;
import dev.heddle.models.TextGenerator;
import dev.heddle.models.Training;
import dev.heddle.models.TrainingPlan;
import dev.heddle.models.TrainingState;
import dev.heddle.random.Key;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Trains a small language model on Heddle's documentation and prints a sample from it. */
public final class TrainingDemo {
  /** Enough steps to generate words; they take half a minute on two cores. */
  public static final int STEPS = 600;

  /**
   * The pages to train on, by their paths in the repository; all but coverage and performance,
   * which are tables of numbers.
   */
  static final List<String> PAGES =
      List.of(
          "README.md",
          "CONTRIBUTING.md",
          "CHANGELOG.md",
          "docs/architecture.md",
          "docs/coming-from-flax.md",
          "docs/formats.md",
          "docs/glossary.md",
          "docs/kernels.md",
          "docs/numerics.md",
          "docs/parity.md",
          "docs/reliability.md",
          "docs/threads.md",
          "docs/using.md");

  private static final String PROMPT = "The attention ";
  private static final int LETTERS = 320;
  private static final double TEMPERATURE = 0.6;
  private static final int ROWS = 8;
  private static final double LEARNING_RATE = 2e-3;

  /** A small batch, since many steps help most at the beginning. */
  private static final int BATCH = 8;

  private static final int LENGTH = 64;

  private TrainingDemo() {}

  /**
   * Trains, draws the losses and prints a sample.
   *
   * @param steps the number of steps
   * @param out the stream to print to
   * @param terminal its capabilities
   * @throws IOException if the program's own resources cannot be read
   */
  public static void show(int steps, PrintStream out, Terminal terminal) throws IOException {
    byte[] text = text();
    TrainingPlan plan = plan(steps);
    Training training = new Training(plan, text);
    TrainingState state = training.begin();
    out.println(
        String.format(
            Locale.ROOT,
            "Training a language model of %.1f million parameters on Heddle's documentation, %,d"
                + " bytes:",
            state.params().size() / 1e6,
            text.length));
    out.println();
    LossCurve curve = new LossCurve();
    int columns = Terminal.isInteractive(out) ? terminal.columns() : 0;
    long tokens = plan.tokensPerStep();
    try (var progress = new Progress(out, columns, 0, steps, tokens)) {
      while (state.step() < steps) {
        Training.Step step = training.step(state);
        state = step.state();
        curve.add(step);
        progress.step(curve);
      }
    }
    out.println();
    out.println("Loss by step (a uniform guess among 256 bytes has 5.5):");
    LossPlot.of(curve.losses(), terminal.columns() - 4, ROWS, terminal.unicode())
        .forEach(line -> out.println("  " + line));
    out.println();
    out.println("A sample after the prompt \"" + PROMPT + "\":");
    sample(training, state, terminal).forEach(line -> out.println("  | " + line));
  }

  private static TrainingPlan plan(int steps) {
    return TrainingPlan.builder(Config.small().toBuilder().length(LENGTH).build())
        .batch(BATCH)
        .learningRate(LEARNING_RATE)
        .warmup(Math.min(100, steps / 10))
        .decaySteps(steps)
        .heldOut(0)
        .build();
  }

  /** All pages, concatenated, from the program's resources. */
  private static byte[] text() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String page : PAGES) {
      try (InputStream in = TrainingDemo.class.getResourceAsStream("pages/" + page)) {
        if (in == null) {
          throw new FileNotFoundException(page + ": missing from the program's resources");
        }
        in.transferTo(all);
      }
    }
    return all.toByteArray();
  }

  private static List<String> sample(Training training, TrainingState state, Terminal terminal) {
    var generator = new TextGenerator(training.model(), state.params(), TEMPERATURE);
    Array more = generator.generate(ByteTokenizer.encode(PROMPT), LETTERS, Key.of(0));
    String text = PROMPT + ByteTokenizer.decode(more);
    return lines(text, terminal.columns() - 4, terminal.unicode());
  }

  /** The lines of a text, wrapped, without control characters. */
  static List<String> lines(String text, int columns, boolean unicode) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String clean = line.replaceAll(unicode ? "\\p{C}" : "[^ -~]", "?");
      for (int at = 0; at == 0 || at < clean.length(); at += columns) {
        lines.add(clean.substring(at, Math.min(clean.length(), at + columns)));
      }
    }
    return lines;
  }
}
