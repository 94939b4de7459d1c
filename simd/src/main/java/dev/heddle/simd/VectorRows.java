package dev.heddle.simd;

import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Lanes;
import dev.heddle.kernel.NormRows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums, maxima and normalization of rows. The 16 virtual lanes of {@link Lanes} are one, two or
 * four vectors; what is behind the end of a row counts as +0, which changes no lane.
 */
final class VectorRows {
  private static final VectorShuffle<Float> UP_8 = VectorShuffle.iota(F, 8 % LANES, 1, true);
  private static final VectorShuffle<Float> UP_4 = VectorShuffle.iota(F, 4 % LANES, 1, true);
  private static final VectorShuffle<Float> UP_2 = VectorShuffle.iota(F, 2, 1, true);
  private static final VectorShuffle<Float> UP_1 = VectorShuffle.iota(F, 1, 1, true);

  private VectorRows() {}

  static float sum(float[] values, int from, int n) {
    FloatVector a = FloatVector.zero(F);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int whole = n - n % Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      a = a.add(FloatVector.fromArray(F, values, from + i));
      if (LANES <= 8) {
        b = b.add(FloatVector.fromArray(F, values, from + i + LANES));
      }
      if (LANES == 4) {
        c = c.add(FloatVector.fromArray(F, values, from + i + 8));
        d = d.add(FloatVector.fromArray(F, values, from + i + 12));
      }
    }
    if (whole < n) { // written out: a method that returns a vector may box it
      int at = from + whole;
      int left = n - whole;
      a = a.add(FloatVector.fromArray(F, values, at, F.indexInRange(0, left)));
      if (LANES <= 8) {
        b = b.add(FloatVector.fromArray(F, values, at + LANES, F.indexInRange(LANES, left)));
      }
      if (LANES == 4) {
        c = c.add(FloatVector.fromArray(F, values, at + 8, F.indexInRange(8, left)));
        d = d.add(FloatVector.fromArray(F, values, at + 12, F.indexInRange(12, left)));
      }
    }
    return fold(a, b, c, d);
  }

  static float max(float[] values, int from, int n) {
    FloatVector a = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
      a = a.max(FloatVector.fromArray(F, values, from + i));
      b = b.max(FloatVector.fromArray(F, values, from + i + LANES));
      c = c.max(FloatVector.fromArray(F, values, from + i + 2 * LANES));
      d = d.max(FloatVector.fromArray(F, values, from + i + 3 * LANES));
    }
    for (; i + LANES <= n; i += LANES) {
      a = a.max(FloatVector.fromArray(F, values, from + i));
    }
    float max = a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      max = Math.max(max, values[from + i]);
    }
    return max;
  }

  static void normalize(NormRows rows, int first, int count) {
    for (int row = first; row < first + count; row++) {
      int from = row * rows.length();
      float mean = sum(rows.in(), from, rows.length()) / rows.length();
      float square = sumOfSquares(rows.in(), from, rows.length(), rows.fast() ? 0 : mean);
      normalize(rows, from, mean, rows.factor(mean, square));
    }
  }

  private static void normalize(NormRows rows, int from, float mean, float factor) {
    float[] in = rows.in();
    float[] out = rows.out();
    float[] scale = rows.scale();
    float[] bias = rows.bias();
    int n = rows.length();
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      FloatVector by = FloatVector.fromArray(F, scale, i).mul(factor);
      FloatVector y = FloatVector.fromArray(F, in, from + i).sub(mean).mul(by);
      y.add(FloatVector.fromArray(F, bias, i)).intoArray(out, from + i);
    }
    for (; i < n; i++) {
      out[from + i] = (in[from + i] - mean) * (factor * scale[i]) + bias[i];
    }
  }

  /** Of the distances from a number. */
  static float sumOfSquares(float[] values, int from, int n, float number) {
    FloatVector centre = FloatVector.broadcast(F, number);
    FloatVector a = FloatVector.zero(F);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int whole = n - n % Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector x = FloatVector.fromArray(F, values, from + i).sub(centre);
      a = a.add(x.mul(x));
      if (LANES <= 8) {
        x = FloatVector.fromArray(F, values, from + i + LANES).sub(centre);
        b = b.add(x.mul(x));
      }
      if (LANES == 4) {
        x = FloatVector.fromArray(F, values, from + i + 8).sub(centre);
        c = c.add(x.mul(x));
        x = FloatVector.fromArray(F, values, from + i + 12).sub(centre);
        d = d.add(x.mul(x));
      }
    }
    if (whole < n) { // written out, as above
      int at = from + whole;
      int left = n - whole;
      VectorMask<Float> there = F.indexInRange(0, left);
      FloatVector x = FloatVector.fromArray(F, values, at, there).sub(centre);
      a = a.add(x.mul(x), there);
      if (LANES <= 8) {
        there = F.indexInRange(LANES, left);
        x = FloatVector.fromArray(F, values, at + LANES, there).sub(centre);
        b = b.add(x.mul(x), there);
      }
      if (LANES == 4) {
        there = F.indexInRange(8, left);
        x = FloatVector.fromArray(F, values, at + 8, there).sub(centre);
        c = c.add(x.mul(x), there);
        there = F.indexInRange(12, left);
        x = FloatVector.fromArray(F, values, at + 12, there).sub(centre);
        d = d.add(x.mul(x), there);
      }
    }
    return fold(a, b, c, d);
  }

  /** Lane j takes j + 8, j + 4, j + 2, j + 1; what the other lanes hold does not matter. */
  private static float fold(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    FloatVector sum = a;
    if (LANES == 16) {
      sum = sum.add(sum.rearrange(UP_8));
      sum = sum.add(sum.rearrange(UP_4));
    } else if (LANES == 8) {
      sum = a.add(b);
      sum = sum.add(sum.rearrange(UP_4));
    } else {
      sum = a.add(c).add(b.add(d));
    }
    sum = sum.add(sum.rearrange(UP_2));
    return sum.add(sum.rearrange(UP_1)).lane(0);
  }
}
