package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.SoftPool;
import dev.heddle.kernel.Tiles;
import java.lang.ref.SoftReference;

/** The workspace of the backward pass of attention, for one call at a time. */
final class BackwardScratch {
  /** Keys per chunk, whose scores fit in the first-level cache; even. */
  static final int CHUNK = 96;

  private static final int BLOCK = SimdAttention.BLOCK;

  private static final SoftPool<BackwardScratch> IDLE = new SoftPool<>(Scratch.MAX_IDLE);

  private final SoftReference<BackwardScratch> self = new SoftReference<>(this);

  /** Scores, then weights, {@code [CHUNK, BLOCK]}. */
  final float[] weights = new float[CHUNK * BLOCK];

  /** Gradients of the weights, then of the scores, {@code [CHUNK, BLOCK]}. */
  final float[] scoreGradients = new float[CHUNK * BLOCK];

  final float[] maxima = new float[BLOCK];
  final float[] sums = new float[BLOCK];
  final float[] deltas = new float[BLOCK];

  final TileMasks masks = new TileMasks();
  final TileMasks keeps = new TileMasks();

  /** A block of divided queries, {@code [D, BLOCK]}, and its transpose, {@code [BLOCK, D]}. */
  float[] queries = {};

  float[] queryRows = {};

  /** A block of divided cotangents, {@code [V, BLOCK]}, and its transpose, {@code [BLOCK, V]}. */
  float[] cotangents = {};

  float[] cotangentRows = {};

  /** A block of outputs, {@code [V, BLOCK]}. */
  float[] outputs = {};

  /** Gradients of a block of queries, {@code [D, BLOCK]}. */
  float[] queryGradients = {};

  /** Transposed keys, {@code [D, TILE]} for each tile of keys. */
  float[] keyColumns = {};

  private float[] tanhs = {};
  private float[] keyRows = {};
  private float[] valueRows = {};

  /** Gradients of keys and values. */
  float[] keyGradients = {};

  float[] valueGradients = {};

  private BackwardScratch() {}

  /** A workspace for exclusive use until it is returned, with unspecified contents. */
  static BackwardScratch borrow() {
    BackwardScratch idle = IDLE.poll();
    return idle != null ? idle : new BackwardScratch();
  }

  /** Returns this workspace to the pool. */
  void giveBack() {
    IDLE.offer(self);
  }

  /** Allocates the arrays for a block of queries. */
  void prepare(int depth, int width) {
    queries = ensureLength(queries, Buffers.size(depth, BLOCK));
    queryRows = ensureLength(queryRows, Buffers.size(BLOCK, BlockProducts.padded(depth)));
    cotangents = ensureLength(cotangents, Buffers.size(width, BLOCK));
    cotangentRows = ensureLength(cotangentRows, Buffers.size(BLOCK, BlockProducts.padded(width)));
    outputs = ensureLength(outputs, Buffers.size(width, BLOCK));
    queryGradients = ensureLength(queryGradients, Buffers.size(depth, BLOCK));
  }

  /** Hyperbolic tangents of a soft cap, {@code [CHUNK, BLOCK]}. */
  float[] tanhs() {
    tanhs = ensureLength(tanhs, CHUNK * BLOCK);
    return tanhs;
  }

  float[] keyColumns(int depth, int keys) {
    int padded = Buffers.size(Math.ceilDiv(keys, Tiles.TILE), Tiles.TILE);
    keyColumns = ensureLength(keyColumns, Buffers.size(depth, padded));
    return keyColumns;
  }

  /**
   * A contiguous copy of the keys, because their stride may map many rows to the same cache sets.
   */
  MatrixView keyRows(MatrixView keys) {
    keyRows = ensureLength(keyRows, Buffers.size(keys.rows(), keys.cols()));
    return packed(keys, keyRows);
  }

  /** As {@link #keyRows}. */
  MatrixView valueRows(MatrixView values) {
    valueRows = ensureLength(valueRows, Buffers.size(values.rows(), values.cols()));
    return packed(values, valueRows);
  }

  private static MatrixView packed(MatrixView rows, float[] to) {
    int cols = rows.cols();
    for (int r = 0; r < rows.rows(); r++) {
      System.arraycopy(rows.data(), rows.at(r), to, r * cols, cols);
    }
    return new MatrixView(to, 0, cols, rows.rows(), cols);
  }

  /** An array of at least the given size, with unspecified contents. */
  static float[] ensureLength(float[] array, int size) {
    return array.length < size ? new float[size] : array;
  }
}
