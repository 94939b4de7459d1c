package dev.heddle.models;

import dev.heddle.optim.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The history of a training: the loss and the gradient norm of each step, and the losses of
 * evaluations. Mutable: a training appends to it; a resumed training continues that of its
 * checkpoint.
 */
public final class LossCurve {
  /** The first line of {@link #toCsv}: the names of the columns. */
  public static final String CSV_HEADER = "step,loss,learning_rate,gradient_norm,evaluation\n";

  private float[] losses = new float[64];
  private float[] gradientNorms = new float[64];
  private int steps;
  private final List<Evaluation> evaluations = new ArrayList<>();

  /** Makes an empty history. */
  public LossCurve() {}

  /**
   * An evaluation.
   *
   * @param step the number of steps before it
   * @param loss the mean loss on held-out text
   */
  public record Evaluation(int step, float loss) {}

  /** Adds a step. */
  public void add(Training.Step step) {
    add(step.loss(), step.gradientNorm());
  }

  void add(float loss, float gradientNorm) {
    if (steps == losses.length) {
      losses = Arrays.copyOf(losses, 2 * steps);
      gradientNorms = Arrays.copyOf(gradientNorms, 2 * steps);
    }
    losses[steps] = loss;
    gradientNorms[steps++] = gradientNorm;
  }

  /** Adds an evaluation after the steps so far. */
  public void add(Evaluation evaluation) {
    evaluations.add(evaluation);
  }

  /** The number of steps. */
  public int steps() {
    return steps;
  }

  /** The losses of all steps; a copy. */
  public float[] losses() {
    return Arrays.copyOf(losses, steps);
  }

  /** The gradient norms of all steps; a copy. */
  public float[] gradientNorms() {
    return Arrays.copyOf(gradientNorms, steps);
  }

  /** The evaluations so far. */
  public List<Evaluation> evaluations() {
    return Collections.unmodifiableList(evaluations);
  }

  /** The mean loss of the last steps, at most {@code max}; NaN before the first. */
  public double recent(int max) {
    int count = Math.min(max, steps);
    double sum = 0;
    for (int i = steps - count; i < steps; i++) {
      sum += losses[i];
    }
    return sum / count;
  }

  /**
   * A table with one line per step: number, loss, learning rate, gradient norm, and the loss of an
   * evaluation after it. Numbers are written with the fewest digits that parse to the same float32.
   */
  public String toCsv(Schedule learningRate) {
    StringBuilder csv = new StringBuilder(CSV_HEADER);
    int next = 0;
    for (int i = 0; i < steps; i++) {
      csv.append(i + 1).append(',').append(losses[i]);
      csv.append(',').append((float) learningRate.at(i));
      csv.append(',').append(gradientNorms[i]).append(',');
      if (next < evaluations.size() && evaluations.get(next).step() == i + 1) {
        csv.append(evaluations.get(next++).loss());
      }
      csv.append('\n');
    }
    return csv.toString();
  }
}
