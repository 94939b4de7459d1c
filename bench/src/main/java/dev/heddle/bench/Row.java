package dev.heddle.bench;

import java.util.Arrays;
import java.util.Locale;

/** A row of the table: self-attention with its four projections, of one size, or a model's step. */
public enum Row {
  /** Small enough that calling costs more than computing. */
  TINY(Task.FORWARD, 2, 16, 32, 4, false),
  /** A layer of an encoder on a batch of sentences. */
  BERT(Task.FORWARD, 8, 128, 768, 12, false),
  /** A layer of an encoder on one long text. */
  MID(Task.FORWARD, 1, 512, 768, 12, false),
  /** A layer of a decoder on one text. */
  GPT(Task.FORWARD, 1, 1024, 1024, 16, true),
  /** Where attention outweighs the projections. */
  LONG(Task.FORWARD, 1, 4096, 512, 8, true),
  /** {@link #BERT}, there and back. */
  BERT_TRAIN(Task.BACKWARD, BERT),
  /** {@link #GPT}, there and back. */
  GPT_TRAIN(Task.BACKWARD, GPT),
  /** What {@code heddle train} does again and again. */
  LM_STEP(LanguageTraining.USUAL),
  /** {@link #LONG}, there and back: how much memory does the way back need? */
  LONG_TRAIN(Task.BACKWARD, LONG);

  private final Task task;
  private final int batch;
  private final int length;
  private final int features;
  private final int heads;
  private final boolean causal;

  Row(Task task, int batch, int length, int features, int heads, boolean causal) {
    this.task = task;
    this.batch = batch;
    this.length = length;
    this.features = features;
    this.heads = heads;
    this.causal = causal;
  }

  Row(Task task, Row sizes) {
    this(task, sizes.batch, sizes.length, sizes.features, sizes.heads, sizes.causal);
  }

  Row(LanguageTraining training) {
    this(
        Task.STEP,
        training.batch(),
        training.model().length(),
        training.model().features(),
        training.model().heads(),
        true);
  }

  /**
   * The row of a name, as {@code bert}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Row of(String name) {
    return Arrays.stream(values())
        .filter(row -> row.label().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "row: expected one of %s, got \"%s\""
                    .formatted(Arrays.stream(values()).map(Row::label).toList(), name)));
  }

  /** The name in the table and in the files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What is computed. */
  public Task task() {
    return task;
  }

  /** How many sequences. */
  public int batch() {
    return batch;
  }

  /** How often it is computed before engines are compared: steps build on one another. */
  public int comparedCalls() {
    return task == Task.STEP ? LanguageTraining.COMPARED_STEPS : 1;
  }

  /** Positions of a sequence. */
  public int length() {
    return length;
  }

  /** Features of a position, before, inside and after attention. */
  public int features() {
    return features;
  }

  /** Heads. */
  public int heads() {
    return heads;
  }

  /** Whether a position sees only itself and those before it. */
  public boolean causal() {
    return causal;
  }

  /**
   * The arithmetic that cannot be saved: multiplications and additions of products, of the causal
   * half alone where it is causal; softmax is not in. Forward these are four projections, the
   * scores and the weighted sums. The way back has two products for each projection, and five for
   * attention: the scores once more, since memory for all of them is not to be had, and the
   * gradients of weights, values, keys and queries.
   */
  public double flops() {
    if (task == Task.STEP) {
      return LanguageTraining.USUAL.flops();
    }
    double rows = (double) batch * length;
    double seen = causal ? (length + 1) / 2.0 : length;
    double projections = 8 * rows * features * features;
    double product = 2 * rows * seen * features;
    return task == Task.FORWARD ? projections + 2 * product : 3 * projections + 7 * product;
  }

  /** What is measured, in words. */
  public String description() {
    if (task == Task.STEP) {
      return LanguageTraining.USUAL.description();
    }
    return "batch %d, length %d, features %d, heads %d%s%s"
        .formatted(
            batch,
            length,
            features,
            heads,
            causal ? ", causal" : "",
            task == Task.BACKWARD ? ", forward and backward" : "");
  }
}
