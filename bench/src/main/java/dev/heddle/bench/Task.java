package dev.heddle.bench;

import java.util.Locale;

/** The computation of a row. */
public enum Task {
  /** The output of the layer. */
  FORWARD,
  /** The output, and the gradients of all parameters and inputs for a given cotangent. */
  BACKWARD,
  /** A training step of the language model: loss, gradients, updated parameters. */
  STEP;

  /** The name in requests to other processes. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
