package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Grid;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.Tiles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention of one head with the queries in the lanes: scores are kept transposed, keys by queries,
 * so that maximum, sum and rescaling need nothing across lanes. 64 queries pass over the tiles of
 * keys together; both products are those of {@link Products}.
 *
 * <p>Rows that need care (a NaN, or scores so low that masked keys have weight) are left to the
 * scalar kernels, and so are heads whose masked values may not be finite.
 */
final class SimdAttention {
  /** Queries that pass over the keys together. */
  static final int BLOCK = 64;

  /** Rows of values that are laid into columns together, while they are in the cache. */
  private static final int LAID_TOGETHER = 16;

  /** All bits of the exponent: those of NaN and infinity. */
  private static final int EXPONENT = 0x7f800000;

  private final AttentionHead head;
  private final ScoreRules rules;
  private final int keyCount;
  private final int depth;
  private final int width;
  private final Scratch scratch;
  private final boolean rounded;
  private boolean skipped;

  SimdAttention(AttentionHead head, Scratch scratch) {
    this.head = head;
    this.rules = head.rules();
    this.keyCount = head.keys().rows();
    this.depth = head.queries().cols();
    this.width = head.values().cols();
    this.scratch = scratch;
    this.rounded = rules.scoreRounding() != Rounding.NONE;
    scratch.prepare(depth, width, keyCount);
  }

  /**
   * Lays the values with the keys in the rows' direction, {@code [V, K]}.
   *
   * @return whether all of them are finite
   */
  boolean packValues() {
    Rows values = head.values();
    float[] packed = scratch.values;
    int unusual = 0;
    for (int start = 0; start < keyCount; start += LAID_TOGETHER) {
      int count = Math.min(LAID_TOGETHER, keyCount - start);
      for (int d = 0; d < width; d++) {
        int to = d * keyCount + start;
        int from = values.at(start) + d;
        for (int j = 0; j < count; j++) {
          packed[to + j] = values.data()[from + j * values.stride()];
        }
      }
    }
    for (int i = 0; i < width * keyCount; i++) {
      int exponent = Float.floatToRawIntBits(packed[i]) & EXPONENT;
      unusual = Math.max(unusual, exponent);
    }
    return unusual != EXPONENT;
  }

  /**
   * The weighted values of up to {@link #BLOCK} queries; returns with {@code state} at the end.
   *
   * @param skip whether keys that none of them sees are left out
   */
  BlockState attend(int first, int count, boolean skip) {
    packQueries(first, count);
    BlockState state = scratch.state;
    state.clear();
    skipped = skip && rules.causal() && first + 1 < keyCount;
    int end = skip && rules.causal() ? Math.min(keyCount, first + count) : keyCount;
    for (int start = 0; start < end; start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, keyCount - start);
      boolean seen = scratch.masks.read(head.mask(), rules.causal(), first, count, start, length);
      if (seen || !skip) {
        tile(state, first, count, start, length);
      } else {
        skipped = true;
      }
      int next = start + Tiles.TILE;
      if (keyCount > Tiles.SPAN && (next % Tiles.SPAN == 0 || next >= end)) {
        state.endSpan();
      }
    }
    state.foldSpans();
    return state;
  }

  private void tile(BlockState state, int first, int count, int start, int length) {
    score(first, count, start, length);
    for (int lane = 0; lane < BLOCK; lane += LANES) {
      maximum(state, lane, length);
      exponentials(state, lane, length);
    }
    if (head.keep() != null) {
      float kept = (float) rules.dropoutScale();
      scratch.masks.drop(head.keep(), scratch.scores, first, count, start, length, kept);
    }
    rescale(state);
    for (int col = 0; col < BLOCK; col += Panels.WIDTH) {
      Products.tile(
          scratch.values,
          start,
          keyCount,
          scratch.scores,
          col,
          BLOCK,
          state.weighted,
          col,
          BLOCK,
          width,
          length,
          false);
    }
  }

  private void packQueries(int first, int count) {
    Rows queries = head.queries();
    float[] packed = scratch.queries;
    float divisor = (float) rules.queryDivisor();
    Arrays.fill(packed, 0, depth * BLOCK, 0);
    for (int i = 0; i < count; i++) {
      int at = queries.at(first + i);
      for (int d = 0; d < depth; d++) {
        packed[d * BLOCK + i] = queries.data()[at + d];
      }
    }
    for (int i = 0; i < depth * BLOCK; i++) {
      packed[i] /= divisor;
    }
    if (rounded) {
      round(rules.scoreRounding(), packed, depth * BLOCK);
    }
  }

  /** Fills the tile of scores, {@code [keys, BLOCK]}. */
  private void score(int first, int count, int start, int length) {
    Rows keys = head.keys();
    for (int col = 0; col < BLOCK; col += Panels.WIDTH) {
      Products.tile(
          keys.data(),
          keys.at(start),
          keys.stride(),
          scratch.queries,
          col,
          BLOCK,
          scratch.scores,
          col,
          BLOCK,
          length,
          depth,
          true);
    }
    if (rounded) {
      round(rules.scoreRounding(), scratch.scores, length * BLOCK);
    }
    if (head.bias() != null) {
      addBias(head.bias(), first, count, start, length);
    }
    scratch.masks.mask(scratch.scores, length, (float) rules.masked());
  }

  private static void round(Rounding rounding, float[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = rounding.round(values[i]);
    }
  }

  private void addBias(Grid<float[]> bias, int first, int count, int start, int length) {
    float[] scores = scratch.scores;
    Rounding rounding = rules.biasRounding();
    for (int i = 0; i < count; i++) {
      int at = bias.offset() + (first + i) * bias.queryStride() + start * bias.keyStride();
      for (int j = 0; j < length; j++) {
        float sum = scores[j * BLOCK + i] + bias.data()[at + j * bias.keyStride()];
        scores[j * BLOCK + i] = rounding.round(sum);
      }
    }
  }

  /** The new maximum of some lanes and the factor for what they hold; NaNs show in the sum. */
  private void maximum(BlockState state, int lane, int length) {
    float[] scores = scratch.scores;
    FloatVector old = FloatVector.fromArray(F, state.maxima, lane);
    FloatVector even = old;
    FloatVector odd = old;
    int j = 0;
    for (; j + 2 <= length; j += 2) {
      FloatVector x = FloatVector.fromArray(F, scores, j * BLOCK + lane);
      FloatVector y = FloatVector.fromArray(F, scores, (j + 1) * BLOCK + lane);
      even = even.blend(x, x.compare(VectorOperators.GT, even));
      odd = odd.blend(y, y.compare(VectorOperators.GT, odd));
    }
    if (j < length) {
      FloatVector x = FloatVector.fromArray(F, scores, j * BLOCK + lane);
      even = even.blend(x, x.compare(VectorOperators.GT, even));
    }
    FloatVector maximum = even.blend(odd, odd.compare(VectorOperators.GT, even));
    VectorMask<Float> nothing = maximum.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY);
    FloatVector shift = maximum.blend(0f, nothing); // then every weight is exp(-infinity)
    VectorMath.expOfNegative(old.sub(shift)).intoArray(scratch.factors, lane);
    maximum.intoArray(state.maxima, lane);
    shift.intoArray(scratch.shifts, lane);
  }

  /** Turns the scores of some lanes into exponentials and adds their sum, in 16 virtual lanes. */
  private void exponentials(BlockState state, int lane, int length) {
    float[] scores = scratch.scores;
    float[] partial = scratch.partial;
    FloatVector shift = FloatVector.fromArray(F, scratch.shifts, lane);
    for (int residue = 0; residue < 16; residue++) {
      FloatVector sum = FloatVector.zero(F);
      for (int j = residue; j < length; j += 16) {
        int at = j * BLOCK + lane;
        FloatVector p = VectorMath.expOfNegative(FloatVector.fromArray(F, scores, at).sub(shift));
        p.intoArray(scores, at);
        sum = sum.add(p);
      }
      sum.intoArray(partial, residue * LANES);
    }
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        FloatVector a = FloatVector.fromArray(F, partial, i * LANES);
        a.add(FloatVector.fromArray(F, partial, (i + half) * LANES)).intoArray(partial, i * LANES);
      }
    }
    FloatVector factor = FloatVector.fromArray(F, scratch.factors, lane);
    FloatVector total = FloatVector.fromArray(F, partial, 0);
    FloatVector.fromArray(F, state.sums, lane).fma(factor, total).intoArray(state.sums, lane);
  }

  private void rescale(BlockState state) {
    float[] weighted = state.weighted;
    for (int lane = 0; lane < BLOCK; lane += LANES) {
      FloatVector factor = FloatVector.fromArray(F, scratch.factors, lane);
      VectorMask<Float> anew = factor.compare(VectorOperators.EQ, 0f);
      for (int at = lane; at < width * BLOCK; at += BLOCK) {
        FloatVector scaled = FloatVector.fromArray(F, weighted, at).mul(factor);
        scaled.blend(0f, anew).intoArray(weighted, at);
      }
    }
  }

  /** Writes the finished rows of a block. */
  void store(BlockState state, int first, int count, Rows out) {
    float[] weighted = state.weighted;
    for (int lane = 0; lane < BLOCK; lane += LANES) {
      FloatVector sum = FloatVector.fromArray(F, state.sums, lane);
      for (int at = lane; at < width * BLOCK; at += BLOCK) {
        FloatVector.fromArray(F, weighted, at).div(sum).add(0f).intoArray(weighted, at);
      }
    }
    for (int i = 0; i < count; i++) {
      int at = out.at(first + i);
      for (int d = 0; d < width; d++) {
        out.data()[at + d] = weighted[d * BLOCK + i];
      }
    }
  }

  /** Whether the block must be done again with all keys: a row gives weight to skipped ones. */
  boolean anyLow(BlockState state, int count) {
    boolean low = false;
    for (int i = 0; skipped && i < count; i++) {
      low |= state.maxima[i] <= (float) rules.low();
    }
    return low;
  }

  /** Whether a row must be done again by the scalar kernels. */
  static boolean needsCare(BlockState state, int lane) {
    return Float.isNaN(state.sums[lane]);
  }
}
