package dev.heddle.simd;

import static dev.heddle.simd.Species.D;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;
import static dev.heddle.simd.WideFunctions.LOWER;
import static dev.heddle.simd.WideFunctions.STEP;

import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.WidePolynomials;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Sine and cosine of {@link Polynomials}; as {@link WideFunctions}. A vector with an element far
 * from 0 is computed element by element.
 */
final class CircularFunctions {
  private static final DoubleVector PI_INVERSE = all(WidePolynomials.PI_INVERSE);
  private static final DoubleVector PI_HIGH = all(WidePolynomials.PI_HIGH);
  private static final DoubleVector PI_MIDDLE = all(WidePolynomials.PI_MIDDLE);
  private static final DoubleVector PI_LOW = all(WidePolynomials.PI_LOW);
  private static final DoubleVector ROUNDER = all(WidePolynomials.ROUNDER);
  private static final DoubleVector HALF_TURN = all(0.5);
  private static final DoubleVector SIN_0 = all(WidePolynomials.SIN_0);
  private static final DoubleVector SIN_1 = all(WidePolynomials.SIN_1);
  private static final DoubleVector SIN_2 = all(WidePolynomials.SIN_2);
  private static final DoubleVector SIN_3 = all(WidePolynomials.SIN_3);
  private static final DoubleVector SIN_4 = all(WidePolynomials.SIN_4);
  private static final DoubleVector SIN_5 = all(WidePolynomials.SIN_5);
  private static final int SIGN_BIT = 63;

  private CircularFunctions() {}

  private static DoubleVector all(double value) {
    return DoubleVector.broadcast(D, value);
  }

  static int sin(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector floats = FloatVector.fromArray(F, in, from + i);
      if (!floats.abs().compare(VectorOperators.LT, WidePolynomials.CIRCULAR_FAR).allTrue()) {
        for (int j = i; j < i + STEP; j++) {
          out[at + j] = Polynomials.sin(in[from + j]);
        }
        continue;
      }
      DoubleVector x = (DoubleVector) floats.castShape(D, 0);
      DoubleVector shifted = x.mul(PI_INVERSE).add(ROUNDER);
      DoubleVector turns = shifted.sub(ROUNDER);
      DoubleVector r = x.sub(turns.mul(PI_HIGH)).sub(turns.mul(PI_MIDDLE)).sub(turns.mul(PI_LOW));
      LongVector sign = shifted.reinterpretAsLongs().lanewise(VectorOperators.LSHL, SIGN_BIT);
      DoubleVector square = r.mul(r);
      DoubleVector p = square.mul(SIN_5).add(SIN_4);
      p = p.mul(square).add(SIN_3);
      p = p.mul(square).add(SIN_2);
      p = p.mul(square).add(SIN_1);
      p = p.mul(square).add(SIN_0);
      LongVector size = r.add(r.mul(square).mul(p)).reinterpretAsLongs();
      DoubleVector y = size.lanewise(VectorOperators.XOR, sign).reinterpretAsDoubles();
      FloatVector rounded = (FloatVector) y.castShape(F, 0);
      rounded.blend(floats, floats.compare(VectorOperators.EQ, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }

  static int cos(float[] in, int from, float[] out, int at, int n) {
    int i = 0;
    for (; i + LANES <= n; i += STEP) {
      FloatVector floats = FloatVector.fromArray(F, in, from + i);
      if (!floats.abs().compare(VectorOperators.LT, WidePolynomials.CIRCULAR_FAR).allTrue()) {
        for (int j = i; j < i + STEP; j++) {
          out[at + j] = Polynomials.cos(in[from + j]);
        }
        continue;
      }
      DoubleVector x = (DoubleVector) floats.castShape(D, 0);
      DoubleVector shifted = x.mul(PI_INVERSE).sub(HALF_TURN).add(ROUNDER);
      DoubleVector turns = shifted.sub(ROUNDER).add(HALF_TURN);
      DoubleVector r = x.sub(turns.mul(PI_HIGH)).sub(turns.mul(PI_MIDDLE)).sub(turns.mul(PI_LOW));
      LongVector sign =
          shifted.reinterpretAsLongs().add(1).lanewise(VectorOperators.LSHL, SIGN_BIT);
      DoubleVector square = r.mul(r);
      DoubleVector p = square.mul(SIN_5).add(SIN_4);
      p = p.mul(square).add(SIN_3);
      p = p.mul(square).add(SIN_2);
      p = p.mul(square).add(SIN_1);
      p = p.mul(square).add(SIN_0);
      LongVector size = r.add(r.mul(square).mul(p)).reinterpretAsLongs();
      DoubleVector y = size.lanewise(VectorOperators.XOR, sign).reinterpretAsDoubles();
      ((FloatVector) y.castShape(F, 0)).intoArray(out, at + i, LOWER);
    }
    return i;
  }
}
