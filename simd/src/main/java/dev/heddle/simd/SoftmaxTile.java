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
 * The online softmax over one tile of scores, {@code [keys, BLOCK]}, one vector of queries at a
 * time, without operations across lanes.
 */
final class SoftmaxTile {
  /** From this up to 0, exp(x) and the power of two in it are normal numbers. */
  static final float EXP_NORMAL = -86f;

  private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;

  /** The loops of {@link #byLane}. */
  private static final int RESCALE = 0;

  private static final int DIVIDE = 1;
  private static final int FINISH = 2;
  private static final int CHAIN = 3;

  private static final float[] NONE = {};

  private SoftmaxTile() {}

  /**
   * Updates the maxima of {@code count} queries with keys {@code from} to {@code to} of the tile.
   * NaNs are ignored here, because comparisons with them are false; they reach the sum. Eight
   * independent chains hide the latency of the comparison.
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
        FloatVector x0 = FloatVector.fromArray(F, scores, at);
        m0 = x0.blend(m0, x0.compare(VectorOperators.GT, m0).not());
        FloatVector x1 = FloatVector.fromArray(F, scores, at + BLOCK);
        m1 = x1.blend(m1, x1.compare(VectorOperators.GT, m1).not());
        FloatVector x2 = FloatVector.fromArray(F, scores, at + 2 * BLOCK);
        m2 = x2.blend(m2, x2.compare(VectorOperators.GT, m2).not());
        FloatVector x3 = FloatVector.fromArray(F, scores, at + 3 * BLOCK);
        m3 = x3.blend(m3, x3.compare(VectorOperators.GT, m3).not());
        FloatVector x4 = FloatVector.fromArray(F, scores, at + 4 * BLOCK);
        m4 = x4.blend(m4, x4.compare(VectorOperators.GT, m4).not());
        FloatVector x5 = FloatVector.fromArray(F, scores, at + 5 * BLOCK);
        m5 = x5.blend(m5, x5.compare(VectorOperators.GT, m5).not());
        FloatVector x6 = FloatVector.fromArray(F, scores, at + 6 * BLOCK);
        m6 = x6.blend(m6, x6.compare(VectorOperators.GT, m6).not());
        FloatVector x7 = FloatVector.fromArray(F, scores, at + 7 * BLOCK);
        m7 = x7.blend(m7, x7.compare(VectorOperators.GT, m7).not());
      }
      for (; j < to; j++) {
        FloatVector x = FloatVector.fromArray(F, scores, j * BLOCK + lane);
        m0 = x.blend(m0, x.compare(VectorOperators.GT, m0).not());
      }
      m0 = m0.blend(m1, m1.compare(VectorOperators.GT, m0));
      m2 = m2.blend(m3, m3.compare(VectorOperators.GT, m2));
      m4 = m4.blend(m5, m5.compare(VectorOperators.GT, m4));
      m6 = m6.blend(m7, m7.compare(VectorOperators.GT, m6));
      m0 = m0.blend(m2, m2.compare(VectorOperators.GT, m0));
      m4 = m4.blend(m6, m6.compare(VectorOperators.GT, m4));
      m0.blend(m4, m4.compare(VectorOperators.GT, m0)).intoArray(scratch.maxima, lane);
    }
  }

  /**
   * Computes the number to subtract from the scores of each query, and the rescaling factor of its
   * state, the exponential of the old maximum minus the new one.
   */
  static void shift(Scratch scratch, BlockState state, int count) {
    FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
    FloatVector one = FloatVector.broadcast(F, 1f);
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector maximum = FloatVector.fromArray(F, scratch.maxima, lane);
      VectorMask<Float> noKeys = maximum.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY);
      FloatVector shift = maximum.blend(0f, noKeys); // every weight is exp(-infinity)
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
      IntVector rest = exponent.sub(half).add(EXPONENT_BIAS);
      half = half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      rest = rest.lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      p.mul(half.reinterpretAsFloats())
          .mul(rest.reinterpretAsFloats())
          .intoArray(scratch.factors, lane);
    }
  }

  /**
   * Multiplies the weighted values by the factors of their lanes; a factor of 0 gives 0, even for
   * values that are not finite.
   */
  static void rescale(Scratch scratch, float[] weighted, int count, int width) {
    byLane(RESCALE, weighted, NONE, scratch.factors, count, width);
  }

  /** Divides {@code [width, BLOCK]} values by one divisor per lane. */
  static void divide(float[] values, float[] divisors, int count, int width) {
    byLane(DIVIDE, values, NONE, divisors, count, width);
  }

  /** Dot products of two arrays, {@code [width, BLOCK]}: one chain over the rows for each lane. */
  static void chains(float[] values, float[] others, float[] sums, int count, int width) {
    byLane(CHAIN, values, others, sums, count, width);
  }

  /**
   * All loops over {@code [width, BLOCK]} values with one operand per lane, in one method, so that
   * it is too long to be inlined.
   *
   * @param others the second factors of the dot products
   * @param lanes the factors or divisors, or the results of the dot products
   */
  private static void byLane(
      int pass, float[] values, float[] others, float[] lanes, int count, int width) {
    int end = width * BLOCK;
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector own = FloatVector.fromArray(F, lanes, lane);
      switch (pass) {
        case RESCALE -> {
          if (!own.compare(VectorOperators.EQ, 1f).allTrue()) {
            VectorMask<Float> isZero = own.compare(VectorOperators.EQ, 0f);
            for (int at = lane; at < end; at += BLOCK) {
              FloatVector scaled = FloatVector.fromArray(F, values, at).mul(own);
              scaled.blend(0f, isZero).intoArray(values, at);
            }
          }
        }
        case DIVIDE -> {
          for (int at = lane; at < end; at += BLOCK) {
            FloatVector.fromArray(F, values, at).div(own).intoArray(values, at);
          }
        }
        case FINISH -> {
          for (int at = lane; at < end; at += BLOCK) {
            FloatVector.fromArray(F, values, at).div(own).add(0f).intoArray(values, at);
          }
        }
        default -> {
          FloatVector sum = FloatVector.zero(F);
          int at = lane;
          for (; at + BLOCK < end; at += 2 * BLOCK) {
            FloatVector other0 = FloatVector.fromArray(F, others, at);
            FloatVector other1 = FloatVector.fromArray(F, others, at + BLOCK);
            sum = FloatVector.fromArray(F, values, at).fma(other0, sum);
            sum = FloatVector.fromArray(F, values, at + BLOCK).fma(other1, sum);
          }
          if (at < end) {
            FloatVector other = FloatVector.fromArray(F, others, at);
            sum = FloatVector.fromArray(F, values, at).fma(other, sum);
          }
          sum.intoArray(lanes, lane);
        }
      }
    }
  }

  /** Pads a tile of scores to a multiple of 16 keys with -infinity, the score of weight 0. */
  static void padKeys(Scratch scratch, int length) {
    if (length % Lanes.COUNT != 0) {
      int end = (length / Lanes.COUNT + 1) * Lanes.COUNT;
      Arrays.fill(scratch.scores, length * BLOCK, end * BLOCK, Float.NEGATIVE_INFINITY);
    }
  }

  /**
   * Replaces scores by exponentials, for keys {@code from} to {@code to}, both multiples of 16, and
   * sums them in 16 virtual lanes; two keys in parallel, because each exponential is a long
   * dependency chain. If all scores are near the maximum, multiplying by the power of two is exact
   * and is done by adding the exponents; the shift drops the bits of the rounder.
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
    FloatVector bound = FloatVector.broadcast(F, EXP_NORMAL);
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
          boolean inRange = x0.compare(VectorOperators.GE, bound).allTrue();
          if (!(inRange && x1.compare(VectorOperators.GE, bound).allTrue())) {
            fullRangeExponentials(scores, at, scratch.shifts, lane);
            sum0 = FloatVector.fromArray(F, scores, at).add(sum0);
            sum1 = FloatVector.fromArray(F, scores, at + BLOCK).add(sum1);
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
          IntVector e0 = s0.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
          q0 = q0.reinterpretAsInts().add(e0).reinterpretAsFloats();
          IntVector e1 = s1.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
          q1 = q1.reinterpretAsInts().add(e1).reinterpretAsFloats();
          q0.intoArray(scores, at);
          q1.intoArray(scores, at + BLOCK);
          sum0 = q0.add(sum0);
          sum1 = q1.add(sum1);
        }
        sum0.intoArray(partial, slot);
        sum1.intoArray(partial, slot + LANES);
      }
    }
  }

  /**
   * The exponentials of two keys over the full range of scores, in place: {@link
   * dev.heddle.kernel.Polynomials#exp} without the upper clamp, because all arguments are at most 0
   * or NaN.
   */
  static void fullRangeExponentials(float[] scores, int at, float[] shifts, int lane) {
    FloatVector shift = FloatVector.fromArray(F, shifts, lane);
    FloatVector rounder = FloatVector.broadcast(F, ROUNDER);
    FloatVector one = FloatVector.broadcast(F, 1f);
    for (int i = at; i < at + 2 * BLOCK; i += BLOCK) {
      FloatVector x = FloatVector.fromArray(F, scores, i).sub(shift);
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
      IntVector rest = exponent.sub(half).add(EXPONENT_BIAS);
      half = half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      rest = rest.lanewise(VectorOperators.LSHL, MANTISSA_BITS);
      p.mul(half.reinterpretAsFloats()).mul(rest.reinterpretAsFloats()).intoArray(scores, i);
    }
  }

  /** Folds the 16 virtual lanes and adds their total to the rescaled sum of each query. */
  static void sums(Scratch scratch, BlockState state, int count) {
    float[] partial = scratch.partial;
    for (int lane = 0; lane < count; lane += LANES) {
      int at = lane * Lanes.COUNT;
      FloatVector s0 = FloatVector.fromArray(F, partial, at);
      FloatVector s1 = FloatVector.fromArray(F, partial, at + LANES);
      FloatVector s2 = FloatVector.fromArray(F, partial, at + 2 * LANES);
      FloatVector s3 = FloatVector.fromArray(F, partial, at + 3 * LANES);
      FloatVector s4 = FloatVector.fromArray(F, partial, at + 4 * LANES);
      FloatVector s5 = FloatVector.fromArray(F, partial, at + 5 * LANES);
      FloatVector s6 = FloatVector.fromArray(F, partial, at + 6 * LANES);
      FloatVector s7 = FloatVector.fromArray(F, partial, at + 7 * LANES);
      FloatVector s8 = FloatVector.fromArray(F, partial, at + 8 * LANES);
      FloatVector s9 = FloatVector.fromArray(F, partial, at + 9 * LANES);
      FloatVector s10 = FloatVector.fromArray(F, partial, at + 10 * LANES);
      FloatVector s11 = FloatVector.fromArray(F, partial, at + 11 * LANES);
      FloatVector s12 = FloatVector.fromArray(F, partial, at + 12 * LANES);
      FloatVector s13 = FloatVector.fromArray(F, partial, at + 13 * LANES);
      FloatVector s14 = FloatVector.fromArray(F, partial, at + 14 * LANES);
      FloatVector s15 = FloatVector.fromArray(F, partial, at + 15 * LANES);
      s0 = s0.add(s8);
      s1 = s1.add(s9);
      s2 = s2.add(s10);
      s3 = s3.add(s11);
      s4 = s4.add(s12);
      s5 = s5.add(s13);
      s6 = s6.add(s14);
      s7 = s7.add(s15);
      s0 = s0.add(s4);
      s1 = s1.add(s5);
      s2 = s2.add(s6);
      s3 = s3.add(s7);
      s0 = s0.add(s2);
      s1 = s1.add(s3);
      FloatVector factor = FloatVector.fromArray(F, scratch.factors, lane);
      FloatVector total = s0.add(s1);
      FloatVector.fromArray(F, state.sums, lane).fma(factor, total).intoArray(state.sums, lane);
    }
  }

  /** Replaces scores by weights, with the final maxima and sums. */
  static void weights(Scratch scratch, BlockState state, int count, int length) {
    for (int lane = 0; lane < count; lane += LANES) {
      for (int j = 0; j < length; j += 2) { // a tile has room for an even number of keys
        fullRangeExponentials(scratch.scores, j * BLOCK + lane, state.maxima, lane);
      }
    }
    divide(scratch.scores, state.sums, count, length);
  }

  /** Divides the weighted values by the sums of their lanes. */
  static void finish(BlockState state, int count, int width) {
    byLane(FINISH, state.weighted, NONE, state.sums, count, width);
  }
}
