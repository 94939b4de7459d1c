package dev.heddle.bench;

import java.util.Arrays;
import java.util.Locale;

/** A row of the table: self-attention with its four projections, forward, of one size. */
public enum Row {
  /** Small enough that calling costs more than computing. */
  TINY(2, 16, 32, 4, false),
  /** A layer of an encoder on a batch of sentences. */
  BERT(8, 128, 768, 12, false),
  /** A layer of an encoder on one long text. */
  MID(1, 512, 768, 12, false),
  /** A layer of a decoder on one text. */
  GPT(1, 1024, 1024, 16, true),
  /** Where attention outweighs the projections. */
  LONG(1, 4096, 512, 8, true);

  private final int batch;
  private final int length;
  private final int features;
  private final int heads;
  private final boolean causal;

  Row(int batch, int length, int features, int heads, boolean causal) {
    this.batch = batch;
    this.length = length;
    this.features = features;
    this.heads = heads;
    this.causal = causal;
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
                "row: expected one of %s, got \"%s\"".formatted(Arrays.toString(values()), name)));
  }

  /** The name in the table and in the files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How many sequences. */
  public int batch() {
    return batch;
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
   * The arithmetic that cannot be saved: multiplications and additions of the projections, the
   * scores and the weighted sums, of the causal half alone where it is causal; softmax is not in.
   */
  public double flops() {
    double rows = (double) batch * length;
    double seen = causal ? (length + 1) / 2.0 : length;
    return 8 * rows * features * features + 4 * rows * seen * features;
  }

  /** What is measured, in words. */
  public String description() {
    return "batch %d, length %d, features %d, heads %d%s"
        .formatted(batch, length, features, heads, causal ? ", causal" : "");
  }
}
