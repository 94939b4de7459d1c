package dev.heddle.simd;

import dev.heddle.kernel.Lanes;
import dev.heddle.kernel.Tiles;

/** What attention needs beside its operands; one for each thread, grown when it must. */
final class Scratch {
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

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

  static Scratch ofThread() {
    return OF_THREAD.get();
  }

  void prepare(int depth, int width, int keys) {
    if (queries.length < depth * SimdAttention.BLOCK) {
      queries = new float[depth * SimdAttention.BLOCK];
    }
    int tiles = (keys + Tiles.TILE - 1) / Tiles.TILE;
    int laid = Math.multiplyExact(width, Math.multiplyExact(tiles, Tiles.TILE));
    if (values.length < laid) {
      values = new float[laid];
    }
    if (state.weighted.length < width * SimdAttention.BLOCK) {
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
