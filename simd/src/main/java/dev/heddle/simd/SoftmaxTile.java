package dev.heddle.simd;

import static dev.heddle.kernel.Polynomials.EXP_0;
import static dev.heddle.kernel.Polynomials.EXP_1;
import static dev.heddle.kernel.Polynomials.EXP_2;
import static dev.heddle.kernel.Polynomials.EXP_3;
import static dev.heddle.kernel.Polynomials.EXP_4;
import static dev.heddle.kernel.Polynomials.EXP_ZERO;
import static dev.heddle.kernel.Polynomials.LN2_HIGH;
import static dev.heddle.kernel.Polynomials.LN2_LOW;
import static dev.heddle.kernel.Polynomials.LOG2_E;
import static dev.heddle.kernel.Polynomials.ROUNDER;
import static dev.heddle.simd.SimdAttention.BLOCK;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The online softmax over one tile of scores, {@code [keys, BLOCK]}, for the queries of one vector
 * at a time: nothing goes across lanes.
 */
final class SoftmaxTile {
  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

  private SoftmaxTile() {}

  /**
   * Brings keys {@code from} to {@code to} of the tile into the maxima of {@code count} queries.
   * NaNs show in the sum later, because no comparison with them holds. Eight chains, because a
   * comparison takes its time.
   */
  static void maxima(Scratch scratch, int count, int from, int to) {
    float[] scores = scratch.scores;
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector m0 = FloatVector.fromArray(F, scratch.maxima, lane);
      FloatVector m1 = m0;
      FloatVector m2 = m0;
      FloatVector m3 = m0;
      FloatVector m4 = m0;
      FloatVector m5 = m0;
      FloatVector m6 = m0;
      FloatVector m7 = m0;
      int j = from;
      for (; j + 8 <= to; j += 8) {
        int at = j * BLOCK + lane;
        m0 = greater(m0, FloatVector.fromArray(F, scores, at));
        m1 = greater(m1, FloatVector.fromArray(F, scores, at + BLOCK));
        m2 = greater(m2, FloatVector.fromArray(F, scores, at + 2 * BLOCK));
        m3 = greater(m3, FloatVector.fromArray(F, scores, at + 3 * BLOCK));
        m4 = greater(m4, FloatVector.fromArray(F, scores, at + 4 * BLOCK));
        m5 = greater(m5, FloatVector.fromArray(F, scores, at + 5 * BLOCK));
        m6 = greater(m6, FloatVector.fromArray(F, scores, at + 6 * BLOCK));
        m7 = greater(m7, FloatVector.fromArray(F, scores, at + 7 * BLOCK));
      }
      for (; j < to; j++) {
        m0 = greater(m0, FloatVector.fromArray(F, scores, j * BLOCK + lane));
      }
      FloatVector first = greater(greater(m0, m1), greater(m2, m3));
      FloatVector second = greater(greater(m4, m5), greater(m6, m7));
      greater(first, second).intoArray(scratch.maxima, lane);
    }
  }

  private static FloatVector greater(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(VectorOperators.GT, a));
  }

  /**
   * Fixes what is subtracted from all scores of a tile, and the factors for what the lanes hold,
   * the exponentials of how much the maxima grew. {@link VectorMath#expOfNegative} is written out,
   * so that the method is compiled alone.
   */
  static void shift(Scratch scratch, BlockState state, int count) {
    FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
    FloatVector one = FloatVector.broadcast(F, 1f);
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector maximum = FloatVector.fromArray(F, scratch.maxima, lane);
      VectorMask<Float> nothing = maximum.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY);
      FloatVector shift = maximum.blend(0f, nothing); // then every weight is exp(-infinity)
      FloatVector x = FloatVector.fromArray(F, state.maxima, lane).sub(shift);
      shift.intoArray(scratch.shifts, lane);
      maximum.intoArray(state.maxima, lane);
      x = x.blend(EXP_ZERO, x.compare(VectorOperators.LT, EXP_ZERO));
      FloatVector shifted = x.fma(FloatVector.broadcast(F, LOG2_E), rounder);
      FloatVector n = shifted.sub(rounder);
      FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), x);
      r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
      FloatVector q = FloatVector.broadcast(F, EXP_4).fma(r, FloatVector.broadcast(F, EXP_3));
      q = q.fma(r, FloatVector.broadcast(F, EXP_2));
      q = q.fma(r, FloatVector.broadcast(F, EXP_1));
      q = q.fma(r, FloatVector.broadcast(F, EXP_0));
      FloatVector p = q.fma(r, one).fma(r, one);
      IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = exponent.sub(half);
      p = p.mul(VectorMath.powerOfTwo(half)).mul(VectorMath.powerOfTwo(rest));
      p.intoArray(scratch.factors, lane);
    }
  }

  /**
   * Multiplies what the lanes hold of weighted values by their factors; a factor of 0 makes them 0
   * whatever they were.
   */
  static void rescale(Scratch scratch, float[] weighted, int count, int width) {
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector factor = FloatVector.fromArray(F, scratch.factors, lane);
      if (factor.compare(VectorOperators.EQ, 1f).allTrue()) {
        continue;
      }
      VectorMask<Float> anew = factor.compare(VectorOperators.EQ, 0f);
      for (int at = lane; at < width * BLOCK; at += BLOCK) {
        FloatVector scaled = FloatVector.fromArray(F, weighted, at).mul(factor);
        scaled.blend(0f, anew).intoArray(weighted, at);
      }
    }
  }

  /** Fills up a tile of scores to a multiple of 16 keys, with such as weigh nothing. */
  static void fillUp(Scratch scratch, int length) {
    if (length % Lanes.COUNT != 0) {
      int end = (length / Lanes.COUNT + 1) * Lanes.COUNT;
      Arrays.fill(scratch.scores, length * BLOCK, end * BLOCK, Float.NEGATIVE_INFINITY);
    }
  }

  /**
   * Turns scores, for keys {@code from} to {@code to}, both multiples of 16, into exponentials and
   * adds them up in 16 virtual lanes; two keys side by side, because each exponential is one long
   * chain. Where all scores are near the maximum, a product with the power of two is exact, so it
   * is a sum of exponents.
   */
  static void exponentials(Scratch scratch, int count, int from, int to) {
    float[] scores = scratch.scores;
    float[] partial = scratch.partial;
    FloatVector log2e = FloatVector.broadcast(F, LOG2_E);
    FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
    FloatVector high = FloatVector.broadcast(F, -LN2_HIGH);
    FloatVector low = FloatVector.broadcast(F, -LN2_LOW);
    FloatVector exp4 = FloatVector.broadcast(F, EXP_4);
    FloatVector exp3 = FloatVector.broadcast(F, EXP_3);
    FloatVector exp2 = FloatVector.broadcast(F, EXP_2);
    FloatVector exp1 = FloatVector.broadcast(F, EXP_1);
    FloatVector exp0 = FloatVector.broadcast(F, EXP_0);
    FloatVector one = FloatVector.broadcast(F, 1f);
    FloatVector bound = FloatVector.broadcast(F, VectorMath.EXP_NORMAL);
    FloatVector zero = FloatVector.zero(F);
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector shift = FloatVector.fromArray(F, scratch.shifts, lane);
      for (int residue = 0; residue < Lanes.COUNT; residue += 2) {
        int slot = lane * Lanes.COUNT + residue * LANES;
        FloatVector sum0 = from == 0 ? zero : FloatVector.fromArray(F, partial, slot);
        FloatVector sum1 = from == 0 ? zero : FloatVector.fromArray(F, partial, slot + LANES);
        for (int j = from + residue; j < to; j += Lanes.COUNT) {
          int at = j * BLOCK + lane;
          FloatVector x0 = FloatVector.fromArray(F, scores, at).sub(shift);
          FloatVector x1 = FloatVector.fromArray(F, scores, at + BLOCK).sub(shift);
          boolean near = x0.compare(VectorOperators.GE, bound).allTrue();
          if (!(near && x1.compare(VectorOperators.GE, bound).allTrue())) {
            distant(scores, at, scratch.shifts, lane);
            sum0 = sum0.add(FloatVector.fromArray(F, scores, at));
            sum1 = sum1.add(FloatVector.fromArray(F, scores, at + BLOCK));
            continue;
          }
          FloatVector s0 = x0.fma(log2e, rounder);
          FloatVector s1 = x1.fma(log2e, rounder);
          FloatVector n0 = s0.sub(rounder);
          FloatVector n1 = s1.sub(rounder);
          FloatVector r0 = n0.fma(high, x0);
          FloatVector r1 = n1.fma(high, x1);
          r0 = n0.fma(low, r0);
          r1 = n1.fma(low, r1);
          FloatVector q0 = exp4.fma(r0, exp3);
          FloatVector q1 = exp4.fma(r1, exp3);
          q0 = q0.fma(r0, exp2);
          q1 = q1.fma(r1, exp2);
          q0 = q0.fma(r0, exp1);
          q1 = q1.fma(r1, exp1);
          q0 = q0.fma(r0, exp0);
          q1 = q1.fma(r1, exp0);
          q0 = q0.fma(r0, one);
          q1 = q1.fma(r1, one);
          q0 = q0.fma(r0, one);
          q1 = q1.fma(r1, one);
          q0 = VectorMath.raise(q0, s0);
          q1 = VectorMath.raise(q1, s1);
          q0.intoArray(scores, at);
          q1.intoArray(scores, at + BLOCK);
          sum0 = sum0.add(q0);
          sum1 = sum1.add(q1);
        }
        sum0.intoArray(partial, slot);
        sum1.intoArray(partial, slot + LANES);
      }
    }
  }

  /** The exponentials of two keys with any scores, in place. */
  static void distant(float[] scores, int at, float[] shifts, int lane) {
    FloatVector shift = FloatVector.fromArray(F, shifts, lane);
    for (int i = at; i < at + 2 * BLOCK; i += BLOCK) {
      FloatVector.fromArray(F, scores, i).sub(shift).intoArray(scores, i);
      VectorMath.expOfNegative(scores, i);
    }
  }

  /** Folds the 16 virtual lanes and adds their sum to what the lanes hold. */
  static void sums(Scratch scratch, BlockState state, int count) {
    float[] partial = scratch.partial;
    for (int lane = 0; lane < count; lane += LANES) {
      int first = lane * Lanes.COUNT;
      for (int half = Lanes.COUNT / 2; half > 0; half /= 2) {
        for (int at = first; at < first + half * LANES; at += LANES) {
          FloatVector other = FloatVector.fromArray(F, partial, at + half * LANES);
          FloatVector.fromArray(F, partial, at).add(other).intoArray(partial, at);
        }
      }
      FloatVector factor = FloatVector.fromArray(F, scratch.factors, lane);
      FloatVector total = FloatVector.fromArray(F, partial, first);
      FloatVector.fromArray(F, state.sums, lane).fma(factor, total).intoArray(state.sums, lane);
    }
  }

  /** Turns scores into weights by the final maxima and sums. */
  static void weights(Scratch scratch, BlockState state, int count, int length) {
    float[] scores = scratch.scores;
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector maximum = FloatVector.fromArray(F, state.maxima, lane);
      FloatVector sum = FloatVector.fromArray(F, state.sums, lane);
      for (int at = lane; at < length * BLOCK; at += BLOCK) {
        FloatVector.fromArray(F, scores, at).sub(maximum).intoArray(scores, at);
        VectorMath.expOfNegative(scores, at);
        FloatVector.fromArray(F, scores, at).div(sum).intoArray(scores, at);
      }
    }
  }

  /** Divides the weighted values of some lanes by their sum. */
  static void finish(BlockState state, int count, int width) {
    float[] weighted = state.weighted;
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector sum = FloatVector.fromArray(F, state.sums, lane);
      for (int at = lane; at < width * BLOCK; at += BLOCK) {
        FloatVector.fromArray(F, weighted, at).div(sum).add(0f).intoArray(weighted, at);
      }
    }
  }
}
