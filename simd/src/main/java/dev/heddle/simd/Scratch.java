package dev.heddle.simd;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Lanes;
import dev.heddle.kernel.SoftPool;
import dev.heddle.kernel.Tiles;
import java.lang.ref.SoftReference;

/** What attention needs beside its operands; for one call at a time, grown when it must. */
final class Scratch {
  /** Idle ones that are kept: as many as threads compute, where there are more processors. */
  static final int KEPT = Math.max(16, Runtime.getRuntime().availableProcessors());

  private static final SoftPool<Scratch> IDLE = new SoftPool<>(KEPT);

  private final SoftReference<Scratch> self = new SoftReference<>(this);

  /** A tile of scores, then of weights, {@code [TILE, BLOCK]}. */
  final float[] scores = new float[Tiles.TILE * SimdAttention.BLOCK];

  /** The greatest scores so far. */
  final float[] maxima = new float[SimdAttention.BLOCK];

  /** What is subtracted from the scores of each query before the exponential. */
  final float[] shifts = new float[SimdAttention.BLOCK];

  /** What each query's sum and weighted values are multiplied by. */
  final float[] factors = new float[SimdAttention.BLOCK];

  /** Sums of the 16 virtual lanes, for each vector of queries. */
  final float[] partial = new float[Lanes.COUNT * SimdAttention.BLOCK];

  final TileMasks masks = new TileMasks();

  /** A block of queries, {@code [D, BLOCK]}. */
  float[] queries = {};

  /** All values of a head, {@code [V, TILE]} for each tile of keys. */
  float[] values = {};

  private float[] keys = {};
  private float[] edge = {};
  private float[] panel = {};

  BlockState state = new BlockState(0);

  private Scratch() {}

  /** One that nobody else uses until it is given back; of whatever it held before. */
  static Scratch borrow() {
    Scratch idle = IDLE.poll();
    return idle != null ? idle : new Scratch();
  }

  /** Lets others use it. */
  void giveBack() {
    IDLE.offer(self);
  }

  void prepare(int depth, int width, int keys) {
    int block = Buffers.size(depth, SimdAttention.BLOCK);
    if (queries.length < block) {
      queries = new float[block];
    }
    int laid = Buffers.size(width, Buffers.size(Math.ceilDiv(keys, Tiles.TILE), Tiles.TILE));
    if (values.length < laid) {
      values = new float[laid];
    }
    if (state.weighted.length < Buffers.size(width, SimdAttention.BLOCK)) {
      state = new BlockState(width);
    }
  }

  /** Room for the keys of a head. */
  float[] keys(int size) {
    if (keys.length < size) {
      keys = new float[size];
    }
    return keys;
  }

  /** Room for the columns past the end of a product. */
  float[] edge(int size) {
    if (edge.length < size) {
      edge = new float[size];
    }
    return edge;
  }

  /** Room for one panel; of whatever it held before. */
  float[] panel(int size) {
    if (panel.length < size) {
      panel = new float[size];
    }
    return panel;
  }
}
