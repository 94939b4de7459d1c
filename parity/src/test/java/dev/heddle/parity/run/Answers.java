package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

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
    return initial(expected, asked.info().toString().contains("orthogonal"));
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

  /** One step of decoding, whose output is measured against the largest of all steps. */
  void compareStep(Findings findings, int step, Applied<Array> applied, double largest) {
    SequencedMap<String, Tensor> got = new LinkedHashMap<>();
    got.put("output", Tensor.of(applied.output()));
    got.putAll(tensors(applied.variables()));
    findings.compareTrees(
        "steps/" + step,
        asked.under("steps/" + step),
        got,
        (path, tensor) ->
            path.equals("output")
                ? new Tolerance.Absolute(share(tensor) * largest)
                : ofOutput(tensor));
  }

  /** An output by itself. */
  void compareOutput(Findings findings, String path, Array got) {
    Tensor expected = asked.tensor(path);
    findings.compare(path, expected, Tensor.of(got), ofOutput(expected));
  }

  private Tolerance ofOutput(Tensor expected) {
    if (!expected.isFloating()) {
      return Tolerance.BITS;
    }
    double distance = share(expected) * expected.largest();
    return asked.info().has("differs") // only one way is known: NaN that goes no further here
        ? new Tolerance.FiniteForNaN(distance)
        : new Tolerance.Absolute(distance);
  }

  /** Four times Flax's own distance from float64, where that is more than the tolerance. */
  private double share(Tensor expected) {
    Fields info = asked.info();
    double share =
        Tolerance.share(info.has("narrowest") ? info.text("narrowest") : expected.dtype());
    double distance = info.has("flax_distance") ? info.number("flax_distance") : 0;
    return distance > share ? 4 * distance : share;
  }

  static SequencedMap<String, Tensor> tensors(Variables variables) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    variables.flatten().forEach((path, array) -> tensors.put(path, Tensor.of(array)));
    return tensors;
  }

  /** The tensors of a map of arrays. */
  static SequencedMap<String, Tensor> tensors(Map<String, Array> arrays) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    arrays.forEach((name, array) -> tensors.put(name, Tensor.of(array)));
    return tensors;
  }
}
