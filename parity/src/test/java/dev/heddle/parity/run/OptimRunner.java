package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.OptState;
import dev.heddle.optim.Optim;
import dev.heddle.optim.Schedule;
import dev.heddle.optim.UpdateResult;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/** Optimizers, schedules and the global norm of Optax. */
final class OptimRunner {
  /** The tolerance of schedules: float32 rounds each operation, powers and cosines by one ulp. */
  private static final Tolerance PLACES = new Tolerance.OfElement(4e-7, 3e-8);

  private final Case asked;
  private final Differences findings;

  OptimRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.findings = findings;
  }

  /**
   * Compares every step's updates and parameters, and the first and last state. {@code
   * applyGradients} must give the same bits.
   */
  void optimize() {
    GradientTransformation optimizer = Transformations.of(asked.info().fields("optimizer"));
    Variables params = tree("params");
    Variables gradients = tree("grads");
    OptState state = optimizer.init(params);
    compare("init", state.flatten());
    SequencedMap<String, byte[]> rows = new LinkedHashMap<>();
    SequencedMap<String, Array> shapes = new LinkedHashMap<>();
    int steps = asked.info().integer("steps");
    for (int i = 0; i < steps; i++) {
      int step = i;
      Variables now =
          gradients.withLeaves(gradients.leaves().stream().map(g -> g.get(step)).toList());
      UpdateResult<Variables> updated = optimizer.update(now, state, params);
      Variables next = Optim.applyUpdates(params, updated.updates());
      var joined = Optim.applyGradients(optimizer, now, state, params);
      findings.expect("a step at once, step " + i, next, joined.params());
      findings.expect("its state, step " + i, updated.state(), joined.state());
      updated.updates().flatten().forEach((path, row) -> add(rows, shapes, "updates/" + path, row));
      next.flatten().forEach((path, row) -> add(rows, shapes, "params/" + path, row));
      params = next;
      state = updated.state();
    }
    compare("state", state.flatten());
    SequencedMap<String, Tensor> got = new LinkedHashMap<>();
    shapes.forEach((path, row) -> {
      int[] shape =
          IntStream.concat(IntStream.of(steps), Arrays.stream(row.shape().dims())).toArray();
      got.put(path, new Tensor(row.dtype().toString(), shape, rows.get(path)));
    });
    asked
        .under("steps")
        .forEach((path, tensor) ->
            findings.compare(path, tensor, got.get(path), tolerance("steps/" + path, tensor)));
    findings.expect("the paths", asked.under("steps").keySet(), got.keySet());
  }

  private static void add(
      Map<String, byte[]> rows, Map<String, Array> shapes, String path, Array row) {
    byte[] before = rows.getOrDefault(path, new byte[0]);
    byte[] added = row.toBytes();
    byte[] after = Arrays.copyOf(before, before.length + added.length);
    System.arraycopy(added, 0, after, before.length, added.length);
    rows.put(path, after);
    shapes.put(path, row);
  }

  private Variables tree(String name) {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    asked.under("inputs/" + name).forEach((path, tensor) -> tensors.put(path, tensor.array()));
    return Variables.of(tensors);
  }

  private void compare(String prefix, SequencedMap<String, Array> state) {
    SequencedMap<String, Tensor> got = new LinkedHashMap<>();
    state.forEach((path, array) -> got.put(path, Tensor.of(array)));
    findings.compareTrees(
        prefix, asked.under(prefix), got, (path, tensor) -> tolerance(prefix + "/" + path, tensor));
  }

  private Tolerance tolerance(String path, Tensor expected) {
    return expected.isFloating()
        ? new Tolerance.Absolute(AllowedDistance.of(asked, path, expected))
        : Tolerance.BITS;
  }

  /** Compares the values of a schedule. */
  void schedule() {
    Schedule schedule = Transformations.schedule(asked.info().fields("schedule"));
    int[] counts = asked.info().integers("counts");
    float[] values = new float[counts.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) schedule.at(counts[i]);
    }
    findings.compare("output", asked.tensor("output"), Tensor.of(Array.of(values)), PLACES);
  }

  /** Compares the global norm. */
  void globalNorm() {
    Tensor expected = asked.tensor("output");
    Array got = Optim.globalNorm(tree("updates"));
    double distance =
        Math.max(
            AllowedDistance.of(asked, "output", expected),
            AllowedDistance.ofUlps(narrowest(), expected));
    findings.compare("output", expected, Tensor.of(got), new Tolerance.Absolute(distance));
  }

  private String narrowest() {
    return asked.inputs().values().stream()
        .map(Array::dtype)
        .min((a, b) -> Integer.compare(a.itemSize(), b.itemSize()))
        .map(DType::toString)
        .orElseThrow();
  }
}
