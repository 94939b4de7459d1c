package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.random.Era;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/** Flax's outputs of a module case, and the tolerances of Heddle's. */
final class Answers {
  /** The float32 lanes of the longest vector that XLA uses. */
  private static final int VECTOR = 16;

  /** The tolerance of QR decompositions in ulps; the oracles use LAPACK's. */
  private static final int ORTHOGONAL_ULPS = 64;

  private final Case asked;

  Answers(Case asked) {
    this.asked = asked;
  }

  /** The random streams of {@code init} or {@code apply}, with the case's era and x64 mode. */
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

  /** The variables that Flax's init returned, so that apply is compared independently. */
  Variables variables() {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    asked.under("init").forEach((path, tensor) -> tensors.put(path, tensor.array()));
    return Variables.of(tensors);
  }

  /** Compares parameters bit by bit in float32; other collections with the outputs' tolerance. */
  void compareInit(Differences findings, Variables got) {
    SequencedMap<String, Tensor> expected = asked.under("init");
    if (asked.info().flag("sorted")) { // Flax's order is then not that of the module's calls
      findings.compareTrees(
          "init", new TreeMap<>(expected), new TreeMap<>(tensors(got)), this::ofInitial);
    } else {
      findings.compareTrees("init", expected, tensors(got), this::ofInitial);
    }
  }

  private Tolerance ofInitial(String path, Tensor expected) {
    if (!path.startsWith("params/")) {
      return ofOutput("init/" + path, expected);
    }
    boolean kernel = path.endsWith("/kernel");
    return initial(
        asked,
        path,
        expected,
        kernel && asked.info().fields("config").toString().contains("orthogonal"));
  }

  /**
   * The tolerance of an initialized tensor: the same bits. In the classic era, four ulps in the
   * float32 columns that remain after whole vectors, since they are not a function of the drawn
   * numbers alone (docs/parity.md).
   */
  static Tolerance initial(Case asked, String path, Tensor expected, boolean orthogonal) {
    if (orthogonal) {
      return new Tolerance.Absolute(
          ORTHOGONAL_ULPS * AllowedDistance.ulp(expected.dtype(), expected.largest()));
    }
    if (expected.dtype().equals("float64")) {
      return new Tolerance.Ulps(1);
    }
    boolean exact = asked.era() != Era.CLASSIC || !expected.dtype().equals("float32");
    if (exact || expected.size() == 0 || expected.shape().length == 0) {
      return Tolerance.BITS;
    }
    int columns = columns(path, expected.shape());
    return new Tolerance.UlpsInColumns(columns - columns % VECTOR, columns, 4);
  }

  /**
   * The last axis of the initialized shape: attention's projections are initialized as matrices.
   */
  private static int columns(String path, int[] shape) {
    int last = shape[shape.length - 1];
    return path.matches("(.*/)?(query|key|value)/kernel") && shape.length == 3
        ? shape[1] * last
        : last;
  }

  /** Compares the outputs and the returned collections. */
  void compareApplied(Differences findings, String prefix, List<Array> outputs, Variables changed) {
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
    findings.compareTrees(
        prefix, expected, got, (path, tensor) -> ofOutput(prefix + "/" + path, tensor));
  }

  /**
   * Compares all outputs of attention. The scale of a decoding output is the largest of all steps.
   */
  void compareComputed(Differences findings, SequencedMap<String, Tensor> computed) {
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
        (path, tensor) ->
            ofOutput(path, tensor, path.endsWith("/output") ? largest : tensor.largest()));
  }

  /**
   * Compares all outputs of a gradient case, each gradient at its own scale. Their order is not
   * compared: {@code jax.vjp} gives trees sorted by name.
   */
  void compareGradients(Differences findings, SequencedMap<String, Tensor> computed) {
    SequencedMap<String, Tensor> expected = new TreeMap<>(asked.tensors());
    expected.keySet().removeIf(path -> !path.startsWith("apply/") && !path.startsWith("grads/"));
    findings.compareTrees(
        asked.kind().equals("gradient") ? asked.info().text("class") : asked.kind(),
        expected,
        new TreeMap<>(computed),
        (path, tensor) ->
            asked.info().has("differs") && path.startsWith("grads/")
                ? new Tolerance.FiniteOrNaN(AllowedDistance.of(asked, path, tensor))
                : ofOutput(path, tensor));
  }

  private Tolerance ofOutput(String path, Tensor expected) {
    return ofOutput(path, expected, expected.largest());
  }

  private Tolerance ofOutput(String path, Tensor expected, double scale) {
    if (!expected.isFloating()) {
      return Tolerance.BITS;
    }
    double distance = AllowedDistance.of(asked, path, expected, scale);
    return asked
            .info()
            .has("differs") // the only intended difference: a NaN that does not propagate here
        ? new Tolerance.FiniteForNaN(distance)
        : new Tolerance.Absolute(distance);
  }

  private static SequencedMap<String, Tensor> tensors(Variables variables) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    variables.flatten().forEach((path, array) -> tensors.put(path, Tensor.of(array)));
    return tensors;
  }
}
