package dev.heddle.bench;

import java.util.Arrays;
import java.util.Locale;

/** A row of the table: self-attention with its four projections of one size, or a training step. */
public enum Row {
  /** Small enough that the overhead of a call dominates. */
  TINY(Task.FORWARD, 2, 16, 32, 4, false),
  /** An encoder layer on a batch of sentences. */
  BERT(Task.FORWARD, 8, 128, 768, 12, false),
  /** An encoder layer on one long text. */
  MID(Task.FORWARD, 1, 512, 768, 12, false),
  /** A decoder layer on one text. */
  GPT(Task.FORWARD, 1, 1024, 1024, 16, true),
  /** Long enough that attention dominates the projections. */
  LONG(Task.FORWARD, 1, 4096, 512, 8, true),
  /** {@link #BERT}, forward and backward. */
  BERT_TRAIN(Task.BACKWARD, BERT),
  /** {@link #GPT}, forward and backward. */
  GPT_TRAIN(Task.BACKWARD, GPT),
  /** A training step of {@code heddle train}. */
  LM_STEP(LanguageTraining.USUAL),
  /** {@link #LONG}, forward and backward, to measure memory. */
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
   * The row with a name, such as {@code bert}.
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

  /** The number of sequences. */
  public int batch() {
    return batch;
  }

  /** The number of calls before engines are compared; training steps depend on earlier ones. */
  public int comparedCalls() {
    return task == Task.STEP ? LanguageTraining.COMPARED_STEPS : 1;
  }

  /** The length of a sequence. */
  public int length() {
    return length;
  }

  /** The features of the inputs, of all heads, and of the output. */
  public int features() {
    return features;
  }

  /** The number of heads. */
  public int heads() {
    return heads;
  }

  /** Whether attention is causal. */
  public boolean causal() {
    return causal;
  }

  /**
   * The floating-point operations of matrix products, for causal attention of the causal half only;
   * softmax is not counted. The forward pass has four projections, the scores and the weighted
   * sums. The backward pass has two products for each projection, and five for attention: the
   * recomputed scores, and the gradients of weights, values, keys and queries.
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

  /** A description for reports. */
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
