package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.SoftPool;
import dev.heddle.kernel.Tiles;
import java.lang.ref.SoftReference;

/** What the derivative of attention needs beside its operands; for one call at a time. */
final class BackwardScratch {
  /** Keys whose scores are used while they are in the first-level cache; even. */
  static final int CHUNK = 96;

  private static final int BLOCK = SimdAttention.BLOCK;

  private static final SoftPool<BackwardScratch> IDLE = new SoftPool<>(Scratch.KEPT);

  private final SoftReference<BackwardScratch> self = new SoftReference<>(this);

  /** Scores, then weights, {@code [CHUNK, BLOCK]}. */
  final float[] weights = new float[CHUNK * BLOCK];

  /** Derivatives by the weights, then by the scores, {@code [CHUNK, BLOCK]}. */
  final float[] slopes = new float[CHUNK * BLOCK];

  final float[] maxima = new float[BLOCK];
  final float[] sums = new float[BLOCK];
  final float[] deltas = new float[BLOCK];

  final TileMasks masks = new TileMasks();
  final TileMasks keeps = new TileMasks();

  /** A block of divided queries, {@code [D, BLOCK]}, and in rows, {@code [BLOCK, D]}. */
  float[] queries = {};

  float[] queryRows = {};

  /** A block of divided cotangents, {@code [V, BLOCK]}, and in rows, {@code [BLOCK, V]}. */
  float[] cotangents = {};

  float[] cotangentRows = {};

  /** A block of outputs, {@code [V, BLOCK]}. */
  float[] outputs = {};

  /** Gradients of a block of queries, {@code [D, BLOCK]}. */
  float[] ofQueries = {};

  /** Keys in the rows' direction, {@code [D, TILE]} for each tile of keys. */
  float[] keyColumns = {};

  private float[] keyRows = {};
  private float[] valueRows = {};

  /** Gradients of keys and values. */
  float[] ofKeys = {};

  float[] ofValues = {};

  private BackwardScratch() {}

  /** One that nobody else uses until it is given back; of whatever it held before. */
  static BackwardScratch borrow() {
    BackwardScratch idle = IDLE.poll();
    return idle != null ? idle : new BackwardScratch();
  }

  /** Lets others use it. */
  void giveBack() {
    IDLE.offer(self);
  }

  /** Makes room for a block of queries. */
  void prepare(int depth, int width) {
    queries = room(queries, Buffers.size(depth, BLOCK));
    queryRows = room(queryRows, Buffers.size(BLOCK, BlockProducts.padded(depth)));
    cotangents = room(cotangents, Buffers.size(width, BLOCK));
    cotangentRows = room(cotangentRows, Buffers.size(BLOCK, BlockProducts.padded(width)));
    outputs = room(outputs, Buffers.size(width, BLOCK));
    ofQueries = room(ofQueries, Buffers.size(depth, BLOCK));
  }

  float[] keyColumns(int depth, int keys) {
    int laid = Buffers.size(Math.ceilDiv(keys, Tiles.TILE), Tiles.TILE);
    keyColumns = room(keyColumns, Buffers.size(depth, laid));
    return keyColumns;
  }

  /** Rows side by side, because their stride may put many of them into the same cache sets. */
  MatrixView keyRows(MatrixView keys) {
    keyRows = room(keyRows, Buffers.size(keys.rows(), keys.cols()));
    return packed(keys, keyRows);
  }

  /** As {@link #keyRows}. */
  MatrixView valueRows(MatrixView values) {
    valueRows = room(valueRows, Buffers.size(values.rows(), values.cols()));
    return packed(values, valueRows);
  }

  private static MatrixView packed(MatrixView rows, float[] to) {
    int cols = rows.cols();
    for (int r = 0; r < rows.rows(); r++) {
      System.arraycopy(rows.data(), rows.at(r), to, r * cols, cols);
    }
    return new MatrixView(to, 0, cols, rows.rows(), cols);
  }

  /** At least so long; of whatever it held before. */
  static float[] room(float[] array, int size) {
    return array.length < size ? new float[size] : array;
  }
}
