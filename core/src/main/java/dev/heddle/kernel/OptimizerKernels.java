package dev.heddle.kernel;

/**
 * The fused loops of optimizers, in place over gradients or updates. Every operation is rounded, so
 * a loop gives the bits of the array operations that it fuses.
 */
public interface OptimizerKernels {
  /** Runs {@link AdamPass} over a range. */
  default void adam(AdamPass pass, float[] updates, int from, int n) {
    pass.run(updates, from, n);
  }

  /**
   * Lion: the update is the sign of {@code (1 - b1) * g + b1 * m}, the moment becomes {@code (1 -
   * b2) * g + b2 * m}.
   *
   * @param factors {@code 1 - b1, b1, 1 - b2, b2}
   */
  default void lion(float[] factors, float[] mu, float[] newMu, float[] updates, int from, int n) {
    float restOfB1 = factors[0];
    float b1 = factors[1];
    float restOfB2 = factors[2];
    float b2 = factors[3];
    for (int i = from; i < from + n; i++) {
      float g = updates[i];
      float m = mu[i];
      newMu[i] = restOfB2 * g + b2 * m;
      updates[i] = Math.signum(restOfB1 * g + b1 * m);
    }
  }

  /**
   * Momentum: the trace becomes {@code g + decay * trace}; the update is the new trace or, with
   * Nesterov momentum, {@code g + decay * newTrace}.
   */
  default void trace(
      float decay,
      boolean nesterov,
      float[] trace,
      float[] newTrace,
      float[] updates,
      int from,
      int n) {
    if (nesterov) {
      for (int i = from; i < from + n; i++) {
        float t = updates[i] + decay * trace[i];
        newTrace[i] = t;
        updates[i] = updates[i] + decay * t;
      }
    } else {
      for (int i = from; i < from + n; i++) {
        float t = updates[i] + decay * trace[i];
        newTrace[i] = t;
        updates[i] = t;
      }
    }
  }

  /** {@code updates[i] = factor * updates[i]}. */
  default void scale(float factor, float[] updates, int from, int n) {
    for (int i = from; i < from + n; i++) {
      updates[i] = factor * updates[i];
    }
  }

  /** {@code updates[i] = updates[i] / divisor * factor}. */
  default void clip(float divisor, float factor, float[] updates, int from, int n) {
    for (int i = from; i < from + n; i++) {
      updates[i] = updates[i] / divisor * factor;
    }
  }

  /** {@code updates[i] = updates[i] + factor * other[i]}; a factor of 1 adds. */
  default void addScaled(float factor, float[] other, float[] updates, int from, int n) {
    for (int i = from; i < from + n; i++) {
      updates[i] = updates[i] + factor * other[i];
    }
  }

  /** A running mean: {@code updates[i] = mean[i] + (updates[i] - mean[i]) / count}. */
  default void average(float count, float[] mean, float[] updates, int from, int n) {
    for (int i = from; i < from + n; i++) {
      updates[i] = mean[i] + (updates[i] - mean[i]) / count;
    }
  }

  /** The sum of squares in 16 lanes, as {@link Lanes#sum(float[], int, int)} of the squares. */
  default float sumOfSquares(float[] values, int from, int n) {
    float[] lanes = new float[Lanes.COUNT];
    for (int i = 0; i < n; i++) {
      lanes[i % Lanes.COUNT] += values[from + i] * values[from + i];
    }
    return Lanes.foldSum(lanes);
  }
}
