package dev.heddle.optim;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Optax's schedules. Every operation is rounded to float32, as in Optax for parameters of any type.
 * All methods throw {@code IllegalArgumentException} for numbers that are not finite and for
 * negative step counts.
 */
public final class Schedules {
  private static final String SCHEDULE = "schedule";
  private static final String INIT_VALUE = "init_value";
  private static final String END_VALUE = "end_value";
  private static final String PEAK_VALUE = "peak_value";

  private Schedules() {}

  /** A constant value. */
  public static Schedule constantSchedule(double value) {
    double checked = Arguments.finite(SCHEDULE, "value", value);
    return count -> checked;
  }

  /** Linear interpolation between two values; the first one if there are no steps. */
  public static Schedule linearSchedule(double initValue, double endValue, int transitionSteps) {
    return linearSchedule(initValue, endValue, transitionSteps, 0);
  }

  /** As {@link #linearSchedule(double, double, int)}, beginning at a step. */
  public static Schedule linearSchedule(
      double initValue, double endValue, int transitionSteps, int transitionBegin) {
    return polynomialSchedule(initValue, endValue, 1, transitionSteps, transitionBegin);
  }

  /** {@code (init - end) * (1 - count / steps) ** power + end}. */
  public static Schedule polynomialSchedule(
      double initValue, double endValue, double power, int transitionSteps) {
    return polynomialSchedule(initValue, endValue, power, transitionSteps, 0);
  }

  /** As {@link #polynomialSchedule(double, double, double, int)}, beginning at a step. */
  public static Schedule polynomialSchedule(
      double initValue, double endValue, double power, int transitionSteps, int transitionBegin) {
    Arguments.finite(SCHEDULE, INIT_VALUE, initValue);
    Arguments.finite(SCHEDULE, END_VALUE, endValue);
    Arguments.finite(SCHEDULE, "power", power);
    Arguments.atLeast(SCHEDULE, "transition_steps", transitionSteps, 0);
    Arguments.atLeast(SCHEDULE, "transition_begin", transitionBegin, 0);
    if (transitionSteps == 0) {
      return count -> initValue;
    }
    return count -> {
      int done = Math.clamp((long) count - transitionBegin, 0, transitionSteps);
      double left = Float32.plus(1, -Float32.quotient(done, transitionSteps));
      double part = Float32.times(initValue - endValue, Float32.power(left, power));
      return Float32.plus(part, endValue);
    };
  }

  /** {@code init * rate ** (count / steps)}. */
  public static Schedule exponentialDecay(double initValue, int transitionSteps, double decayRate) {
    return exponentialDecay(initValue, transitionSteps, decayRate, 0, false, null);
  }

  /**
   * {@code init * rate ** ((count - begin) / steps)}, and {@code init} before that; constant if the
   * rate or the number of steps is 0.
   *
   * @param staircase whether the exponent is rounded down
   * @param endValue the limit: a lower bound for a rate below 1, else an upper bound; null for none
   */
  public static Schedule exponentialDecay(
      double initValue,
      int transitionSteps,
      double decayRate,
      int transitionBegin,
      boolean staircase,
      @Nullable Double endValue) {
    Arguments.finite(SCHEDULE, INIT_VALUE, initValue);
    Arguments.atLeast(SCHEDULE, "transition_steps", transitionSteps, 0);
    Arguments.atLeast(SCHEDULE, "decay_rate", decayRate, 0);
    Arguments.atLeast(SCHEDULE, "transition_begin", transitionBegin, 0);
    if (endValue != null) {
      Arguments.finite(SCHEDULE, END_VALUE, endValue);
    }
    if (transitionSteps == 0 || decayRate == 0) {
      return count -> initValue;
    }
    return count -> {
      int done = count - transitionBegin;
      double exponent = Float32.quotient(done, transitionSteps);
      double steps = staircase ? Math.floor(exponent) : exponent;
      double value =
          done <= 0
              ? Float32.round(initValue)
              : Float32.times(initValue, Float32.pow(decayRate, steps));
      if (endValue == null) {
        return value;
      }
      double bound = Float32.round(endValue);
      return decayRate < 1 ? Math.max(value, bound) : Math.min(value, bound);
    };
  }

  /** {@code init * (1 + cos(pi * count / steps)) / 2}. */
  public static Schedule cosineDecaySchedule(double initValue, int decaySteps) {
    return cosineDecaySchedule(initValue, decaySteps, 0, 1);
  }

  /**
   * {@code init * ((1 - alpha) * (0.5 * (1 + cos(pi * count / steps))) ** exponent + alpha)}.
   *
   * @param alpha the ratio of the last value to the first
   */
  public static Schedule cosineDecaySchedule(
      double initValue, int decaySteps, double alpha, double exponent) {
    Arguments.finite(SCHEDULE, INIT_VALUE, initValue);
    Arguments.atLeast(SCHEDULE, "decay_steps", decaySteps, 1);
    Arguments.finite(SCHEDULE, "alpha", alpha);
    Arguments.finite(SCHEDULE, "exponent", exponent);
    return count -> {
      double angle = Float32.times(Math.PI, Math.min(count, decaySteps));
      double cosine = Float32.cos(Float32.quotient(angle, decaySteps));
      double falling = Float32.pow(Float32.times(0.5, Float32.plus(1, cosine)), exponent);
      return Float32.times(initValue, Float32.plus(Float32.times(1 - alpha, falling), alpha));
    };
  }

  /** A value that is multiplied by a factor at each boundary. */
  public static Schedule piecewiseConstantSchedule(
      double initValue, Map<Integer, Double> boundariesAndScales) {
    Arguments.finite(SCHEDULE, INIT_VALUE, initValue);
    boundariesAndScales.values().forEach(scale -> Arguments.atLeast(SCHEDULE, "scale", scale, 0));
    TreeMap<Integer, Double> sorted = new TreeMap<>(boundariesAndScales);
    if (sorted.isEmpty()) {
      return count -> initValue;
    }
    return count -> {
      double value = Float32.round(initValue);
      for (double scale : sorted.headMap(count, true).values()) {
        value = Float32.times(scale, value);
      }
      return value;
    };
  }

  /**
   * Schedules in sequence; each counts from its own boundary.
   *
   * @param boundaries the steps at which the second and later schedules begin
   * @throws IllegalArgumentException if there is not one boundary fewer than schedules, or the
   *     boundaries decrease
   */
  public static Schedule joinSchedules(List<Schedule> schedules, List<Integer> boundaries) {
    if (schedules.size() != boundaries.size() + 1) {
      throw Arguments.wrong(
          SCHEDULE,
          "boundaries",
          Math.max(0, schedules.size() - 1) + " for " + schedules.size() + " schedules",
          Integer.toString(boundaries.size()));
    }
    List<Schedule> parts = List.copyOf(schedules);
    List<Integer> begins = List.copyOf(boundaries);
    for (int i = 1; i < begins.size(); i++) {
      Arguments.atLeast(SCHEDULE, "boundaries", begins.get(i), begins.get(i - 1));
    }
    return count -> {
      int last = 0;
      while (last < begins.size() && count >= begins.get(last)) {
        last++;
      }
      int own = last == 0 ? count : count - begins.get(last - 1);
      return Float32.round(parts.get(last).at(own));
    };
  }

  /** Linear warmup to a value, then constant. */
  public static Schedule warmupConstantSchedule(
      double initValue, double peakValue, int warmupSteps) {
    Arguments.finite(SCHEDULE, PEAK_VALUE, peakValue);
    Arguments.atLeast(SCHEDULE, "warmup_steps", warmupSteps, 0);
    return linearSchedule(initValue, peakValue, warmupSteps);
  }

  /**
   * As {@link #warmupCosineDecaySchedule(double, double, int, int, double, double)}, exponent 1.
   */
  public static Schedule warmupCosineDecaySchedule(
      double initValue, double peakValue, int warmupSteps, int decaySteps, double endValue) {
    return warmupCosineDecaySchedule(initValue, peakValue, warmupSteps, decaySteps, endValue, 1);
  }

  /**
   * Linear warmup, then cosine decay.
   *
   * @param decaySteps the number of steps of warmup and decay together
   * @throws IllegalArgumentException if {@code decaySteps} is not greater than {@code warmupSteps}
   */
  public static Schedule warmupCosineDecaySchedule(
      double initValue,
      double peakValue,
      int warmupSteps,
      int decaySteps,
      double endValue,
      double exponent) {
    Arguments.finite(SCHEDULE, PEAK_VALUE, peakValue);
    Arguments.finite(SCHEDULE, END_VALUE, endValue);
    Arguments.atLeast(SCHEDULE, "warmup_steps", warmupSteps, 0);
    if (decaySteps <= warmupSteps) {
      throw Arguments.wrong(
          SCHEDULE,
          "decay_steps",
          "more than the " + warmupSteps + " of warmup_steps",
          "" + decaySteps);
    }
    double alpha = peakValue == 0 ? 0 : endValue / peakValue;
    return joinSchedules(
        List.of(
            linearSchedule(initValue, peakValue, warmupSteps),
            cosineDecaySchedule(peakValue, decaySteps - warmupSteps, alpha, exponent)),
        List.of(warmupSteps));
  }

  /** Linear warmup, then {@link #exponentialDecay}. */
  public static Schedule warmupExponentialDecaySchedule(
      double initValue, double peakValue, int warmupSteps, int transitionSteps, double decayRate) {
    Arguments.finite(SCHEDULE, PEAK_VALUE, peakValue);
    Arguments.atLeast(SCHEDULE, "warmup_steps", warmupSteps, 0);
    return joinSchedules(
        List.of(
            linearSchedule(initValue, peakValue, warmupSteps),
            exponentialDecay(peakValue, transitionSteps, decayRate)),
        List.of(warmupSteps));
  }
}
