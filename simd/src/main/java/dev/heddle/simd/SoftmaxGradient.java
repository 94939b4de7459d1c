package dev.heddle.simd;

import static dev.heddle.kernel.Polynomials.EXP_0;
import static dev.heddle.kernel.Polynomials.EXP_1;
import static dev.heddle.kernel.Polynomials.EXP_2;
import static dev.heddle.kernel.Polynomials.EXP_3;
import static dev.heddle.kernel.Polynomials.EXP_4;
import static dev.heddle.kernel.Polynomials.LN2_HIGH;
import static dev.heddle.kernel.Polynomials.LN2_LOW;
import static dev.heddle.kernel.Polynomials.LOG2_E;
import static dev.heddle.kernel.Polynomials.ROUNDER;
import static dev.heddle.simd.SimdAttention.BLOCK;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The backward pass of the softmax for a chunk of keys and a block of queries, {@code [keys,
 * BLOCK]}, one vector of queries at a time.
 */
final class SoftmaxGradient {
  private static final int MANTISSA_BITS = 23;

  private SoftmaxGradient() {}

  /**
   * Replaces scores by weights, {@code e = exp(s - m)}, and the gradients {@code w} of the weights
   * by those of the scores, {@code e (w - delta)}; two keys in parallel, because each exponential
   * is a long dependency chain.
   *
   * @param keys the number of keys; if it is odd, the arrays hold one more
   */
  static void of(BackwardScratch scratch, int count, int keys) {
    float[] scores = scratch.weights;
    float[] scoreGradients = scratch.scoreGradients;
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
    FloatVector bound = FloatVector.broadcast(F, SoftmaxTile.EXP_NORMAL);
    for (int lane = 0; lane < count; lane += LANES) {
      FloatVector shift = FloatVector.fromArray(F, scratch.maxima, lane);
      FloatVector delta = FloatVector.fromArray(F, scratch.deltas, lane);
      for (int at = lane; at < keys * BLOCK; at += 2 * BLOCK) {
        FloatVector x0 = FloatVector.fromArray(F, scores, at).sub(shift);
        FloatVector x1 = FloatVector.fromArray(F, scores, at + BLOCK).sub(shift);
        boolean inRange = x0.compare(VectorOperators.GE, bound).allTrue();
        FloatVector q0;
        FloatVector q1;
        if (inRange && x1.compare(VectorOperators.GE, bound).allTrue()) {
          FloatVector s0 = x0.fma(log2e, rounder);
          FloatVector s1 = x1.fma(log2e, rounder);
          FloatVector n0 = s0.sub(rounder);
          FloatVector n1 = s1.sub(rounder);
          FloatVector r0 = n0.fma(high, x0);
          FloatVector r1 = n1.fma(high, x1);
          r0 = n0.fma(low, r0);
          r1 = n1.fma(low, r1);
          q0 = exp4.fma(r0, exp3);
          q1 = exp4.fma(r1, exp3);
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
        } else {
          SoftmaxTile.fullRangeExponentials(scores, at, scratch.maxima, lane);
          q0 = FloatVector.fromArray(F, scores, at);
          q1 = FloatVector.fromArray(F, scores, at + BLOCK);
        }
        FloatVector w0 = FloatVector.fromArray(F, scoreGradients, at).sub(delta);
        FloatVector w1 = FloatVector.fromArray(F, scoreGradients, at + BLOCK).sub(delta);
        w0.mul(q0).intoArray(scoreGradients, at);
        w1.mul(q1).intoArray(scoreGradients, at + BLOCK);
      }
    }
  }

  /** Divides the cotangents of each query by its sum. */
  static void divide(BackwardScratch scratch, int count, int width) {
    SoftmaxTile.divide(scratch.cotangents, scratch.sums, count, width);
  }

  /**
   * Computes the dot products of cotangents and outputs, one chain over the columns for each query.
   */
  static void deltas(BackwardScratch scratch, int count, int width) {
    SoftmaxTile.chains(scratch.cotangents, scratch.outputs, scratch.deltas, count, width);
  }
}
