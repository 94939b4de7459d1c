package dev.heddle.models;

import java.util.Arrays;

/**
 * The sampling of the next token from the logits: they are divided by the temperature; the {@code
 * topK} largest are retained, and of those the fewest whose probabilities add up to {@code topP}.
 * (Holtzman and others, "The curious case of neural text degeneration", 2020.)
 *
 * <pre>{@code
 * Sampling.ofTemperature(0.8).topK(40).topP(0.95);
 * }</pre>
 *
 * @param temperature the divisor of the logits; 0 selects the largest
 * @param topK the number of retained logits; 0 for all; ties are retained together
 * @param topP the minimum total probability of the retained tokens; 1 for all
 */
public record Sampling(double temperature, int topK, double topP) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range; the message names it
   */
  public Sampling {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) { // NaN too
      throw wrong("temperature", "a number of 0 or more", temperature);
    }
    if (topK < 0) {
      throw wrong("top_k", "a number of 0 or more", topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw wrong("top_p", "a number above 0, at most 1", topP);
    }
  }

  private static IllegalArgumentException wrong(String name, String expected, Object got) {
    return new IllegalArgumentException(
        "generate: argument \"%s\": expected %s, got %s".formatted(name, expected, got));
  }

  /** Samples from all tokens, at a temperature. */
  public static Sampling ofTemperature(double temperature) {
    return new Sampling(temperature, 0, 1);
  }

  /** The same with top-k sampling; 0 for all tokens. */
  public Sampling topK(int count) {
    return new Sampling(temperature, count, topP);
  }

  /** The same with top-p (nucleus) sampling; 1 for all tokens. */
  public Sampling topP(double probability) {
    return new Sampling(temperature, topK, probability);
  }

  /** The logits, with negative infinity for the excluded tokens. */
  float[] filter(float[] logits) {
    float least = Math.max(leastOfTopK(logits), leastOfTopP(logits));
    float[] filtered = logits.clone();
    for (int i = 0; i < filtered.length; i++) {
      if (filtered[i] < least) {
        filtered[i] = Float.NEGATIVE_INFINITY;
      }
    }
    return filtered;
  }

  private float leastOfTopK(float[] logits) {
    return topK == 0 || topK >= logits.length
        ? Float.NEGATIVE_INFINITY
        : ascending(logits)[logits.length - topK];
  }

  private float leastOfTopP(float[] logits) {
    if (topP == 1) {
      return Float.NEGATIVE_INFINITY;
    }
    float[] sorted = ascending(logits);
    float kept = leastOfTopK(logits);
    float most = sorted[sorted.length - 1];
    double all = 0;
    for (float logit : sorted) {
      all += logit >= kept ? StrictMath.exp(logit - most) : 0;
    }
    double sum = 0;
    int at = sorted.length;
    while (at > 0 && sum < topP * all) {
      sum += StrictMath.exp(sorted[--at] - most);
    }
    return sorted[at];
  }

  private static float[] ascending(float[] logits) {
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
