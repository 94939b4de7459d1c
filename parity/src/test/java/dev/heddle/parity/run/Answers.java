package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Flax's answers to a case of a module, and how near ours must be. */
final class Answers {
  private final Case asked;

  Answers(Case asked) {
    this.asked = asked;
  }

  /** The random streams of {@code init} or {@code apply}, in the case's era and width. */
  static Rngs rngs(Case asked, String phase) {
    Rngs rngs = Rngs.none();
    Fields seeds = asked.info().fields(phase).fields("rngs");
    for (String stream : seeds.names()) {
      rngs = rngs.and(stream, seeds.whole(stream));
    }
    return rngs.era(asked.era()).x64(asked.x64());
  }

  /** The collections that {@code apply} may write. */
  static Mutable mutable(Case asked) {
    return switch (asked.info().fields("apply").find("mutable")) {
      case Boolean all -> all ? Mutable.all() : Mutable.none();
      case List<?> names -> Mutable.of(names.toArray(String[]::new));
      case null, default -> Mutable.none();
    };
  }

  /** What Flax's init returned, so that apply is compared for itself. */
  Variables variables() {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    asked.under("init").forEach((path, tensor) -> tensors.put(path, tensor.array()));
    return Variables.of(tensors);
  }

  /** Parameters to the last bit in float32; other collections within the outputs' tolerance. */
  void compareInit(Findings findings, Variables got) {
    findings.compareTrees("init", asked.under("init"), tensors(got), this::ofInitial);
  }

  private Tolerance ofInitial(String path, Tensor expected) {
    if (!path.startsWith("params/")) {
      return ofOutput(expected);
    }
    boolean kernel = path.endsWith("/kernel");
    return initial(
        expected, kernel && asked.info().fields("config").toString().contains("orthogonal"));
  }

  /** The tolerance of a tensor that an initializer made. */
  static Tolerance initial(Tensor expected, boolean orthogonal) {
    if (orthogonal) {
      return Tolerance.within(Tolerance.share(expected.dtype()), expected);
    }
    return expected.dtype().equals("float64") ? new Tolerance.Ulps(1) : Tolerance.BITS;
  }

  /** The output, or outputs, and the collections that came back. */
  void compareApplied(Findings findings, String prefix, List<Array> outputs, Variables changed) {
    SequencedMap<String, Tensor> expected = asked.under(prefix);
    SequencedMap<String, Tensor> got = new LinkedHashMap<>();
    if (expected.containsKey("output")) {
      got.put("output", Tensor.of(outputs.getFirst()));
    } else {
      for (Array output : outputs) {
        got.put("output/" + got.size(), Tensor.of(output));
      }
    }
    got.putAll(tensors(changed));
    findings.compareTrees(prefix, expected, got, (path, tensor) -> ofOutput(tensor));
  }

  /**
   * All answers of attention. Outputs of decoding are measured against the largest of all steps;
   * each answer may be so far away as its noise, where that is more.
   */
  void compareComputed(
      Findings findings, SequencedMap<String, Tensor> computed, ToDoubleFunction<String> noise) {
    SequencedMap<String, Tensor> expected = new LinkedHashMap<>(asked.tensors());
    expected.keySet().removeIf(path -> path.startsWith("inputs/") || path.startsWith("init/"));
    double largest =
        expected.entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("/output"))
            .mapToDouble(entry -> entry.getValue().largest())
            .max()
            .orElse(0);
    findings.compareTrees(
        asked.info().text("class"),
        expected,
        computed,
        (path, tensor) -> {
          double scale = path.endsWith("/output") ? largest : tensor.largest();
          return ofOutput(tensor, Math.max(share(tensor) * scale, noise.applyAsDouble(path)));
        });
  }

  /**
   * All answers of a gradient case. Gradients are measured against the largest of all; those in a
   * narrower type than the computation's may also be away by what that type allows of themselves.
   * Their order is not compared: {@code jax.vjp} gives trees sorted by name.
   */
  void compareGradients(
      Findings findings, SequencedMap<String, Tensor> computed, ToDoubleFunction<String> noise) {
    SequencedMap<String, Tensor> expected = new TreeMap<>(asked.tensors());
    expected.keySet().removeIf(path -> !path.startsWith("apply/") && !path.startsWith("grads/"));
    double largest =
        asked.under("grads").values().stream().mapToDouble(Tensor::largest).max().orElse(0);
    double distance = gradientShare() * largest;
    findings.compareTrees(
        asked.info().text("class"),
        expected,
        new TreeMap<>(computed),
        (path, tensor) -> {
          double allowed =
              path.startsWith("apply/")
                  ? share(tensor) * tensor.largest()
                  : isNarrow(tensor)
                      ? Math.max(distance, Tolerance.share(tensor.dtype()) * tensor.largest())
                      : distance;
          double within = Math.max(allowed, noise.applyAsDouble(path));
          return asked.info().has("differs") && path.startsWith("grads/")
              ? new Tolerance.FiniteOrNaN(within)
              : ofOutput(tensor, within);
        });
  }

  private boolean isNarrow(Tensor gradient) {
    return Tolerance.share(gradient.dtype()) > Tolerance.share(asked.info().text("narrowest"));
  }

  /** Four times Flax's own distance from float64, where that is more than the figure. */
  private double gradientShare() {
    Fields info = asked.info();
    double share = Tolerance.gradientShare(info.text("narrowest"));
    double distance = info.has("gradient_distance") ? info.number("gradient_distance") : 0;
    return distance > share ? 4 * distance : share;
  }

  private Tolerance ofOutput(Tensor expected) {
    return ofOutput(expected, share(expected) * expected.largest());
  }

  private Tolerance ofOutput(Tensor expected, double distance) {
    if (!expected.isFloating()) {
      return Tolerance.BITS;
    }
    return asked.info().has("differs") // only one way is known: NaN that goes no further here
        ? new Tolerance.FiniteForNaN(distance)
        : new Tolerance.Absolute(distance);
  }

  /** Four times Flax's own distance from float64, where that is more than the tolerance. */
  private double share(Tensor expected) {
    if (!expected.isFloating()) {
      return 0;
    }
    Fields info = asked.info();
    double share =
        Tolerance.share(info.has("narrowest") ? info.text("narrowest") : expected.dtype());
    double distance = info.has("flax_distance") ? info.number("flax_distance") : 0;
    return distance > share ? 4 * distance : share;
  }

  private static SequencedMap<String, Tensor> tensors(Variables variables) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    variables.flatten().forEach((path, array) -> tensors.put(path, Tensor.of(array)));
    return tensors;
  }
}
