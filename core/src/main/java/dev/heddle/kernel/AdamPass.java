package dev.heddle.kernel;

/**
 * One Adam step over a range of elements: {@code m' = (1 - b1) * g + b1 * m}, {@code v' = (1 - b2)
 * * (g * g) + b2 * v}, and the update {@code (m' / muCorrection) / (sqrt(v' / nuCorrection +
 * epsRoot) + eps)}; with Nesterov momentum {@code b1 * (m' / muCorrection) + (1 - b1) * (g /
 * gradientCorrection)} instead of {@code m' / muCorrection}. Every operation is rounded.
 *
 * @param mu the first moment {@code m}
 * @param nu the second moment {@code v}
 * @param newMu receives {@code m'}; another array than {@code mu}
 * @param newNu receives {@code v'}; another array than {@code nu}
 * @param numbers the factors of this step
 */
public record AdamPass(float[] mu, float[] nu, float[] newMu, float[] newNu, Numbers numbers) {
  /**
   * The factors of a step, each rounded to float32.
   *
   * @param b1 decay of the first moment
   * @param restOfB1 {@code 1 - b1}
   * @param b2 decay of the second moment
   * @param restOfB2 {@code 1 - b2}
   * @param muCorrection the divisor of the first moment
   * @param gradientCorrection the divisor of the gradient, with Nesterov momentum
   * @param nuCorrection the divisor of the second moment
   * @param epsRoot the summand inside the square root
   * @param eps the summand outside the square root
   * @param nesterov whether to use Nesterov momentum
   */
  public record Numbers(
      float b1,
      float restOfB1,
      float b2,
      float restOfB2,
      float muCorrection,
      float gradientCorrection,
      float nuCorrection,
      float epsRoot,
      float eps,
      boolean nesterov) {}

  void run(float[] updates, int from, int n) {
    if (numbers.nesterov) {
      nesterov(updates, from, n);
      return;
    }
    float b1 = numbers.b1;
    float restOfB1 = numbers.restOfB1;
    float b2 = numbers.b2;
    float restOfB2 = numbers.restOfB2;
    float muCorrection = numbers.muCorrection;
    float nuCorrection = numbers.nuCorrection;
    float epsRoot = numbers.epsRoot;
    float eps = numbers.eps;
    for (int i = from; i < from + n; i++) {
      float g = updates[i];
      float m = restOfB1 * g + b1 * mu[i];
      float v = restOfB2 * (g * g) + b2 * nu[i];
      newMu[i] = m;
      newNu[i] = v;
      updates[i] = m / muCorrection / ((float) Math.sqrt(v / nuCorrection + epsRoot) + eps);
    }
  }

  private void nesterov(float[] updates, int from, int n) {
    Numbers a = numbers;
    for (int i = from; i < from + n; i++) {
      float g = updates[i];
      float m = a.restOfB1 * g + a.b1 * mu[i];
      float v = a.restOfB2 * (g * g) + a.b2 * nu[i];
      newMu[i] = m;
      newNu[i] = v;
      float momentum = a.b1 * (m / a.muCorrection) + a.restOfB1 * (g / a.gradientCorrection);
      updates[i] = momentum / ((float) Math.sqrt(v / a.nuCorrection + a.epsRoot) + a.eps);
    }
  }
}
