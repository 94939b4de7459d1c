package dev.heddle.parity.run;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The allowed difference from Flax, by the rule of docs/parity.md: {@code 4 * max(ulp, error,
 * noise)}.
 *
 * <p>The ulp is that of the tensor's largest value, in the narrowest dtype of the computation; for
 * gradients over more than 1,024 keys it is scaled. Error and noise are Flax's: the difference from
 * its float64 result, and the change of its output when inputs and parameters are perturbed by one
 * ulp. Both are measured by the oracle ({@code heddle_parity/measure.py}), never with the
 * implementation under test, and stored in the case as {@code distances}. Only cases that differ by
 * more than four ulps need them.
 */
final class AllowedDistance {
  private static final int FACTOR = 4;

  /** The number of terms up to which the ulp of gradients is not scaled. */
  private static final int LONG = 1024;

  private static final List<String> WIDENING = List.of("bfloat16", "float16", "float32", "float64");

  /** The kinds of cases that {@code heddle_parity.measure} can measure. */
  private static final Set<String> MEASURABLE =
      Set.of(
          "attention",
          "attention_gradient",
          "dense",
          "dense_general",
          "dot_product_attention",
          "dot_product_attention_weights",
          "dropout",
          "einsum",
          "embed",
          "global_norm",
          "gradient",
          "layer_norm",
          "module",
          "optimizer",
          "reduction",
          "softmax");

  private AllowedDistance() {}

  /** Whether the oracle can measure a case, which has not been measured yet. */
  static boolean canBeMeasured(Case asked) {
    return MEASURABLE.contains(asked.kind()) && !asked.info().has("distances");
  }

  /** The allowed difference of a tensor of a case, by its path. */
  static double of(Case asked, String path, Tensor expected) {
    return of(asked, path, expected, expected.largest());
  }

  /** The same with a scale other than the tensor's largest value. */
  static double of(Case asked, String path, Tensor expected, double scale) {
    Fields info = asked.info();
    String narrowest = info.has("narrowest") ? info.text("narrowest") : expected.dtype();
    int longest = longestAxis(asked);
    double ulp = ulp(narrower(narrowest, expected.dtype()), scale);
    if (longest > LONG && path.startsWith("grads/")) {
      ulp = ulp(narrower(narrowest, expected.dtype()), largestGradient(asked)) * longest / 32;
    }
    Fields distances = info.fields("distances");
    return FACTOR * Math.max(ulp, distances.has(path) ? distances.number(path) : 0);
  }

  /**
   * The scale of the gradients of long rows: a row's rounding error is the same for all its keys,
   * so it does not cancel where their gradients do.
   */
  private static double largestGradient(Case asked) {
    return asked.under("grads").values().stream().mapToDouble(Tensor::largest).max().orElse(0);
  }

  private static int longestAxis(Case asked) {
    return asked.under("inputs").values().stream()
        .flatMapToInt(tensor -> Arrays.stream(tensor.shape()))
        .max()
        .orElse(1);
  }

  /** Four ulps of a tensor's largest value, for cases without measurements. */
  static double ofUlps(String dtype, Tensor expected) {
    return FACTOR * ulp(narrower(dtype, expected.dtype()), expected.largest());
  }

  /** The distance between a dtype's neighbouring numbers at a magnitude. */
  static double ulp(String dtype, double magnitude) {
    int exponent =
        switch (dtype) {
          case "float64" -> Math.max(Math.getExponent(magnitude), Double.MIN_EXPONENT) - 52;
          case "float32" -> Math.max(Math.getExponent(magnitude), Float.MIN_EXPONENT) - 23;
          case "float16" -> Math.max(Math.getExponent(magnitude), -14) - 10;
          case "bfloat16" -> Math.max(Math.getExponent(magnitude), Float.MIN_EXPONENT) - 7;
          default -> throw new IllegalArgumentException("no ulp of " + dtype);
        };
    return Math.scalb(1.0, exponent);
  }

  private static String narrower(String one, String other) {
    return Stream.of(one, other).min(Comparator.comparing(WIDENING::indexOf)).orElseThrow();
  }
}
