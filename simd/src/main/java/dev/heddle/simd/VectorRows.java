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
 * four vectors; elements after the end of a row are +0, which changes no lane.
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
      a = FloatVector.fromArray(F, values, from + i).add(a);
      if (LANES <= 8) {
        b = FloatVector.fromArray(F, values, from + i + LANES).add(b);
      }
      if (LANES == 4) {
        c = FloatVector.fromArray(F, values, from + i + 8).add(c);
        d = FloatVector.fromArray(F, values, from + i + 12).add(d);
      }
    }
    if (whole < n) {
      int at = from + whole;
      int left = n - whole;
      a = FloatVector.fromArray(F, values, at, F.indexInRange(0, left)).add(a);
      if (LANES <= 8) {
        b = FloatVector.fromArray(F, values, at + LANES, F.indexInRange(LANES, left)).add(b);
      }
      if (LANES == 4) {
        c = FloatVector.fromArray(F, values, at + 8, F.indexInRange(8, left)).add(c);
        d = FloatVector.fromArray(F, values, at + 12, F.indexInRange(12, left)).add(d);
      }
    }
    // Lane j adds j + 8, j + 4, j + 2, j + 1; the other lanes are not used.
    if (LANES == 16) {
      a = a.add(a.rearrange(UP_8));
      a = a.add(a.rearrange(UP_4));
    } else if (LANES == 8) {
      a = a.add(b);
      a = a.add(a.rearrange(UP_4));
    } else {
      a = a.add(c).add(b.add(d));
    }
    a = a.add(a.rearrange(UP_2));
    return a.add(a.rearrange(UP_1)).lane(0);
  }

  static float max(float[] values, int from, int n) {
    FloatVector m0 = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    FloatVector m4 = m0;
    FloatVector m5 = m0;
    FloatVector m6 = m0;
    FloatVector m7 = m0;
    int i = 0;
    for (; i + 8 * LANES <= n; i += 8 * LANES) {
      int at = from + i;
      m0 = FloatVector.fromArray(F, values, at).max(m0);
      m1 = FloatVector.fromArray(F, values, at + LANES).max(m1);
      m2 = FloatVector.fromArray(F, values, at + 2 * LANES).max(m2);
      m3 = FloatVector.fromArray(F, values, at + 3 * LANES).max(m3);
      m4 = FloatVector.fromArray(F, values, at + 4 * LANES).max(m4);
      m5 = FloatVector.fromArray(F, values, at + 5 * LANES).max(m5);
      m6 = FloatVector.fromArray(F, values, at + 6 * LANES).max(m6);
      m7 = FloatVector.fromArray(F, values, at + 7 * LANES).max(m7);
    }
    for (; i + LANES <= n; i += LANES) {
      m0 = FloatVector.fromArray(F, values, from + i).max(m0);
    }
    m0 = m0.max(m1).max(m2.max(m3));
    m4 = m4.max(m5).max(m6.max(m7));
    float max = m0.max(m4).reduceLanes(VectorOperators.MAX);
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
      VectorDerivatives.normalize(rows, from, mean, rows.factor(mean, square));
    }
  }

  /** The sum of the squares of {@code values[i] - number}. */
  static float sumOfSquares(float[] values, int from, int n, float number) {
    FloatVector centre = FloatVector.broadcast(F, number);
    FloatVector zero = FloatVector.zero(F);
    FloatVector a = zero;
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int whole = n - n % Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector x = FloatVector.fromArray(F, values, from + i).sub(centre);
      a = x.mul(x).add(a);
      if (LANES <= 8) {
        x = FloatVector.fromArray(F, values, from + i + LANES).sub(centre);
        b = x.mul(x).add(b);
      }
      if (LANES == 4) {
        x = FloatVector.fromArray(F, values, from + i + 8).sub(centre);
        c = x.mul(x).add(c);
        x = FloatVector.fromArray(F, values, from + i + 12).sub(centre);
        d = x.mul(x).add(d);
      }
    }
    if (whole < n) {
      int at = from + whole;
      int left = n - whole;
      VectorMask<Float> inRow = F.indexInRange(0, left);
      FloatVector x = FloatVector.fromArray(F, values, at, inRow).sub(centre);
      a = zero.blend(x.mul(x), inRow).add(a);
      if (LANES <= 8) {
        inRow = F.indexInRange(LANES, left);
        x = FloatVector.fromArray(F, values, at + LANES, inRow).sub(centre);
        b = zero.blend(x.mul(x), inRow).add(b);
      }
      if (LANES == 4) {
        inRow = F.indexInRange(8, left);
        x = FloatVector.fromArray(F, values, at + 8, inRow).sub(centre);
        c = zero.blend(x.mul(x), inRow).add(c);
        inRow = F.indexInRange(12, left);
        x = FloatVector.fromArray(F, values, at + 12, inRow).sub(centre);
        d = zero.blend(x.mul(x), inRow).add(d);
      }
    }
    if (LANES == 16) {
      a = a.add(a.rearrange(UP_8));
      a = a.add(a.rearrange(UP_4));
    } else if (LANES == 8) {
      a = a.add(b);
      a = a.add(a.rearrange(UP_4));
    } else {
      a = a.add(c).add(b.add(d));
    }
    a = a.add(a.rearrange(UP_2));
    return a.add(a.rearrange(UP_1)).lane(0);
  }
}
