package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of {@link OptimizerKernels}: the bits of the formulas, each operation rounded, at
 * every length without writes outside the range.
 */
public abstract class OptimizerKernelsContract {
  private static final int LONGEST = 70;
  private static final int FROM = 3;
  private static final int SIZE = LONGEST + 7;
  private static final float[] SPECIAL = {
    0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -Float.MAX_VALUE, 1e-30f, -1e20f
  };

  /** The implementation under test. */
  protected abstract OptimizerKernels kernels();

  /** The expected value of an element. */
  private interface Formula {
    float of(int i);
  }

  private interface Run {
    void run(float[] updates, int n);
  }

  /** Runs at every length and compares the range, and that nothing else changed. */
  private static void assertSame(String what, float[] updates, Run run, Formula formula) {
    for (int n = 0; n <= LONGEST; n++) {
      float[] actual = updates.clone();
      run.run(actual, n);
      assertRange(what, actual, updates, formula, n);
    }
  }

  private static void assertRange(
      String what, float[] actual, float[] before, Formula formula, int n) {
    for (int i = 0; i < before.length; i++) {
      float expected = i >= FROM && i < FROM + n ? formula.of(i) : before[i];
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected)) {
        assertThat(actual[i]).as("%s of %d at %d", what, n, i).isEqualTo(expected);
        assertThat(1 / actual[i]).as("%s of %d at %d", what, n, i).isEqualTo(1 / expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adamStepsAreTheFormulas(boolean nesterov) {
    float[] g = numbers(1);
    float[] mu = numbers(2);
    float[] nu = squares(3);
    AdamPass.Numbers a =
        new AdamPass.Numbers(
            0.9f,
            (float) (1 - 0.9),
            0.999f,
            (float) (1 - 0.999),
            0.3f,
            0.2f,
            0.003f,
            1e-9f,
            1e-8f,
            nesterov);
    Formula m = i -> a.restOfB1() * g[i] + a.b1() * mu[i];
    Formula v = i -> a.restOfB2() * (g[i] * g[i]) + a.b2() * nu[i];
    Formula update =
        i -> {
          float first = m.of(i) / a.muCorrection();
          float momentum =
              nesterov ? a.b1() * first + a.restOfB1() * (g[i] / a.gradientCorrection()) : first;
          return momentum / ((float) Math.sqrt(v.of(i) / a.nuCorrection() + a.epsRoot()) + a.eps());
        };
    for (int n = 0; n <= LONGEST; n++) {
      float[] updates = g.clone();
      float[] newMu = numbers(4);
      float[] newNu = numbers(5);
      kernels().adam(new AdamPass(mu, nu, newMu, newNu, a), updates, FROM, n);
      assertRange("mu", newMu, numbers(4), m, n);
      assertRange("nu", newNu, numbers(5), v, n);
      assertRange("update", updates, g, update, n);
    }
  }

  @Test
  void lionStepsAreTheFormulas() {
    float[] g = numbers(1);
    float[] mu = numbers(2);
    float[] by = {(float) (1 - 0.9), 0.9f, (float) (1 - 0.99), 0.99f};
    float[] newMu = new float[SIZE];
    assertSame(
        "lion",
        g,
        (updates, n) -> kernels().lion(by, mu, newMu, updates, FROM, n),
        i -> Math.signum(by[0] * g[i] + by[1] * mu[i]));
    assertRange("mu", newMu, new float[SIZE], i -> by[2] * g[i] + by[3] * mu[i], LONGEST);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tracesAreTheFormulas(boolean nesterov) {
    float[] g = numbers(1);
    float[] trace = numbers(2);
    float[] next = new float[SIZE];
    Formula traced = i -> g[i] + 0.7f * trace[i];
    assertSame(
        "trace",
        g,
        (updates, n) -> kernels().trace(0.7f, nesterov, trace, next, updates, FROM, n),
        i -> nesterov ? g[i] + 0.7f * traced.of(i) : traced.of(i));
    assertRange("next trace", next, new float[SIZE], traced, LONGEST);
  }

  @Test
  void singleOperationsAreTheFormulas() {
    float[] g = numbers(1);
    float[] other = numbers(2);
    assertSame("scale", g, (u, n) -> kernels().scale(-0.3f, u, FROM, n), i -> -0.3f * g[i]);
    assertSame(
        "clip", g, (u, n) -> kernels().clip(1.7f, 0.3f, u, FROM, n), i -> g[i] / 1.7f * 0.3f);
    assertSame(
        "addScaled",
        g,
        (u, n) -> kernels().addScaled(0.3f, other, u, FROM, n),
        i -> g[i] + 0.3f * other[i]);
    assertSame(
        "average",
        g,
        (u, n) -> kernels().average(3, other, u, FROM, n),
        i -> other[i] + (g[i] - other[i]) / 3);
  }

  @Test
  void sumsOfSquaresGoThrough16Lanes() {
    float[] values = numbers(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.isFinite(values[i]) && Math.abs(values[i]) < 10 ? values[i] : 0.5f;
    }
    for (int n = 0; n <= LONGEST; n++) {
      float[] squares = new float[n];
      for (int i = 0; i < n; i++) {
        squares[i] = values[FROM + i] * values[FROM + i];
      }
      assertThat(kernels().sumOfSquares(values, FROM, n)).isEqualTo(Lanes.sum(squares, 0, n));
    }
  }

  private static float[] numbers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      boolean special = random.nextInt(8) == 0;
      values[i] =
          special ? SPECIAL[random.nextInt(SPECIAL.length)] : (float) (random.nextDouble() * 4 - 2);
    }
    return values;
  }

  private static float[] squares(long seed) {
    float[] values = numbers(seed);
    for (int i = 0; i < SIZE; i++) {
      values[i] = Math.abs(values[i]);
    }
    return values;
  }
}
