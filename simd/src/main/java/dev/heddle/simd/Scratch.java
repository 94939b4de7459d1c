package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Lanes;
import dev.heddle.kernel.SoftPool;
import dev.heddle.kernel.Tiles;
import java.lang.ref.SoftReference;

/** The workspace of attention, for one call at a time, enlarged on demand. */
final class Scratch {
  /** Maximum number of idle instances: at least one for each processor. */
  static final int MAX_IDLE = Math.max(16, Runtime.getRuntime().availableProcessors());

  private static final SoftPool<Scratch> IDLE = new SoftPool<>(MAX_IDLE);

  private final SoftReference<Scratch> self = new SoftReference<>(this);

  /** A tile of scores, then of weights, {@code [TILE, BLOCK]}. */
  final float[] scores = new float[Tiles.TILE * SimdAttention.BLOCK];

  /** The maximum scores so far. */
  final float[] maxima = new float[SimdAttention.BLOCK];

  /** The number subtracted from the scores of each query before the exponential. */
  final float[] shifts = new float[SimdAttention.BLOCK];

  /** The rescaling factor of each query's sum and weighted values. */
  final float[] factors = new float[SimdAttention.BLOCK];

  /** Sums of the 16 virtual lanes, for each vector of queries. */
  final float[] partial = new float[Lanes.COUNT * SimdAttention.BLOCK];

  final TileMasks masks = new TileMasks();

  /** A block of queries, {@code [D, BLOCK]}. */
  float[] queries = {};

  /** The transposed values of a head, {@code [V, TILE]} for each tile of keys. */
  float[] values = {};

  private float[] keys = {};
  private float[] edge = {};
  private float[] panel = {};

  BlockState state = new BlockState(0);

  private Scratch() {}

  /** A workspace for exclusive use until it is returned, with unspecified contents. */
  static Scratch borrow() {
    Scratch idle = IDLE.poll();
    return idle != null ? idle : new Scratch();
  }

  /** Returns this workspace to the pool. */
  void giveBack() {
    IDLE.offer(self);
  }

  void prepare(int depth, int width, int keys) {
    int block = Buffers.size(depth, SimdAttention.BLOCK);
    if (queries.length < block) {
      queries = new float[block];
    }
    int padded = Buffers.size(width, Buffers.size(Math.ceilDiv(keys, Tiles.TILE), Tiles.TILE));
    if (values.length < padded) {
      values = new float[padded];
    }
    if (state.weighted.length < Buffers.size(width, SimdAttention.BLOCK)) {
      state = new BlockState(width);
    }
  }

  /** An array for the keys of a head. */
  float[] keys(int size) {
    if (keys.length < size) {
      keys = new float[size];
    }
    return keys;
  }

  /** An array for the columns past the end of a product. */
  float[] edge(int size) {
    if (edge.length < size) {
      edge = new float[size];
    }
    return edge;
  }

  /** An array for one panel, with unspecified contents. */
  float[] panel(int size) {
    if (panel.length < size) {
      panel = new float[size];
    }
    return panel;
  }
}
