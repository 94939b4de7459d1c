package dev.heddle.parity.run;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The differences between Flax's and Heddle's outputs of a case, as messages. */
public final class Differences {
  private final Case asked;
  private final List<String> differences = new ArrayList<>();

  Differences(Case asked) {
    this.asked = asked;
  }

  /** The result of a case that could not be run. */
  public static Differences refused(Case asked, String why) {
    Differences findings = new Differences(asked);
    findings.differences.add(asked.id() + ": " + why);
    return findings;
  }

  /**
   * One line for each tensor that differs: its path, the first element, Flax's value and Heddle's.
   */
  public List<String> differences() {
    return List.copyOf(differences);
  }

  /**
   * Whether the case must be measured by the oracle ({@code heddle_parity.measure}) before a
   * difference counts.
   */
  public boolean canBeMeasured() {
    return AllowedDistance.canBeMeasured(asked);
  }

  /** Compares values that are not tensors. */
  void expect(String what, Object expected, Object got) {
    if (!expected.equals(got)) {
      report(what, "expected " + expected + ", got " + got);
    }
  }

  /** Compares two trees: the paths in order, then each tensor. */
  void compareTrees(
      String prefix,
      Map<String, Tensor> expected,
      Map<String, Tensor> got,
      BiFunction<String, Tensor, Tolerance> tolerance) {
    expect(
        prefix + ": the paths in their order",
        List.copyOf(expected.keySet()),
        List.copyOf(got.keySet()));
    expected.forEach((path, tensor) -> {
      if (got.containsKey(path)) {
        compare(prefix + "/" + path, tensor, got.get(path), tolerance.apply(path, tensor));
      }
    });
  }

  /** Compares two tensors: dtypes, shapes, elements. */
  void compare(String path, Tensor expected, Tensor got, Tolerance tolerance) {
    if (!expected.dtype().equals(got.dtype()) || !Arrays.equals(expected.shape(), got.shape())) {
      report(path, "expected " + expected.type() + ", got " + got.type());
      return;
    }
    int first = -1;
    int count = 0;
    for (int i = 0; i < expected.size(); i++) {
      if (!tolerance.allows(expected, got, i)) {
        first = first < 0 ? i : first;
        count++;
      }
    }
    if (count > 0) {
      report(
          path,
          "%s: expected %s, got %s: %d of %d elements differ, allowed: %s"
              .formatted(
                  expected.position(first),
                  shown(expected, first),
                  shown(got, first),
                  count,
                  expected.size(),
                  tolerance));
    }
  }

  private static String shown(Tensor tensor, int element) {
    return tensor.isFloating()
        ? "%s (%x)".formatted(tensor.value(element), tensor.bits(element))
        : Long.toString(tensor.bits(element));
  }

  private void report(String path, String difference) {
    differences.add(asked.id() + ": " + path + " " + difference);
  }
}
