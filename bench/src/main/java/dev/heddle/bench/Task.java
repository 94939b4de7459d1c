package dev.heddle.bench;

import java.util.Locale;

/** What of the layer, or of the language model, a row computes. */
public enum Task {
  /** The output of the layer. */
  FORWARD,
  /** The output, and the gradients of all parameters and of the inputs for a given cotangent. */
  BACKWARD,
  /** A step of training the language model: loss, gradients, the next parameters. */
  STEP;

  /** The name in the words between processes. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
