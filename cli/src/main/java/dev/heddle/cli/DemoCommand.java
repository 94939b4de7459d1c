package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.cli.demo.AttentionMap;
import dev.heddle.cli.demo.DemoData;
import dev.heddle.cli.demo.Terminal;
import dev.heddle.cli.demo.TrainingDemo;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code heddle demo}: shows the first attention layer of a real model and checks its output; then
 * trains a language model and shows its progress.
 */
final class DemoCommand implements Command {
  /** The allowed difference from the reference. */
  private static final double ALLOWED = 1e-5;

  private static final List<String> COLOURS = List.of("auto", "always", "never");

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        number(
            "--sentence",
            1,
            DemoData.SENTENCES,
            "The sentence, 1 (default) to " + DemoData.SENTENCES + "."));
    int last = DemoData.HEADS - 1;
    spec.addOption(
        number("--head", 0, last, "Shows a single head, with numbers: 0 to " + last + "."));
    spec.addOption(
        Options.choice(
                "--color",
                "WHEN",
                COLOURS,
                "auto (default: on a terminal, unless NO_COLOR is set), always or never.")
            .build());
    String steps =
        "Steps of the training after that (default: " + TrainingDemo.STEPS + "); 0 for none.";
    spec.addOption(number("--steps", 0, Integer.MAX_VALUE, steps));
    Examples.of(spec, "heddle demo", "heddle demo --sentence 2", "heddle demo --head 2");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    int sentence = options.matchedOptionValue("--sentence", 1);
    int head = options.matchedOptionValue("--head", -1);
    String colour = options.matchedOptionValue("--color", "auto");
    int steps = options.matchedOptionValue("--steps", head < 0 ? TrainingDemo.STEPS : 0);
    Terminal terminal = Terminal.of(out, colour, System.getenv());
    show(DemoData.read(sentence), head, out, terminal);
    if (steps > 0) {
      out.println();
      TrainingDemo.show(steps, out, terminal);
    }
  }

  /**
   * Runs the layer, draws its attention weights, and compares them with the reference.
   *
   * @param data the model, a sentence and the reference
   * @param head the head to draw, or -1 for all
   * @param out the stream to print to
   * @param terminal its capabilities
   * @throws FailedException if the results differ from the reference by more than the tolerance
   */
  static void show(DemoData data, int head, PrintStream out, Terminal terminal) {
    var attention = MultiHeadDotProductAttention.builder().numHeads(DemoData.HEADS).build();
    AttentionInputs inputs = AttentionInputs.of(data.inputs()).sowWeights(true);
    long start = System.nanoTime();
    Applied<Array> applied =
        attention.apply(data.variables(), inputs, Rngs.none(), Mutable.of("intermediates"));
    double milliseconds = (System.nanoTime() - start) / 1e6;
    Array weights = applied.variables().get("intermediates/attention_weights/0");

    var map = new AttentionMap(data.pieces(), weights, terminal);
    out.println(
        "all-MiniLM-L6-v2, first attention layer, on %d word pieces of"
            .formatted(data.pieces().size()));
    out.println("  \"" + data.text() + "\"");
    out.println("Rows are queries and columns are keys: the word pieces in order.");
    out.println();
    (head < 0 ? map.overview() : map.head(head)).forEach(out::println);
    out.println();
    for (int each = Math.max(head, 0); each < (head < 0 ? map.heads() : head + 1); each++) {
      out.println("head %2d %s".formatted(each, map.summary(each)));
    }
    out.println();
    double ofOutput = largestDifference(applied.output(), data.output());
    double ofWeights = largestDifference(weights, data.weights());
    out.println(
        "Largest difference from the float64 reference: %.1e (output), %.1e (weights); allowed %.0e."
            .formatted(ofOutput, ofWeights, ALLOWED));
    out.println("The layer took %.1f ms.".formatted(milliseconds));
    if (!(Math.max(ofOutput, ofWeights) <= ALLOWED)) {
      throw new FailedException(
          "demo: largest difference from the reference: expected at most %.0e, got %.1e"
              .formatted(ALLOWED, Math.max(ofOutput, ofWeights)));
    }
  }

  /** The largest absolute difference; NaN if an element is NaN, infinity for different shapes. */
  static double largestDifference(Array found, Array expected) {
    if (!found.shape().equals(expected.shape())) {
      return Double.POSITIVE_INFINITY;
    }
    double[] a = found.toDoubleArray();
    double[] b = expected.toDoubleArray();
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  private static OptionSpec number(String name, int from, int to, String description) {
    String expected = "a number from %d to %d".formatted(from, to);
    return Options.integer(name, from, to, expected, description);
  }
}
