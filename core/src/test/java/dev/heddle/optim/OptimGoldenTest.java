package dev.heddle.optim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.Variables;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schedules and optimizers beside Optax's values, which {@code optim_golden.py} made. */
class OptimGoldenTest {
  private static final int[] COUNTS = {0, 1, 2, 3, 4, 5, 7, 10, 11, 13, 20, 100};
  private static final int SIZE = 37;
  private static final int STEPS = 5;

  private static final Map<String, Schedule> SCHEDULES =
      Map.ofEntries(
          Map.entry("constant", Schedules.constantSchedule(0.3)),
          Map.entry("linear", Schedules.linearSchedule(0.1, 0.9, 10)),
          Map.entry("linear_begin", Schedules.linearSchedule(0.9, 0.1, 7, 3)),
          Map.entry("linear_none", Schedules.linearSchedule(0.2, 0.9, 0)),
          Map.entry("polynomial", Schedules.polynomialSchedule(1, 0.1, 3, 10, 2)),
          Map.entry("polynomial_root", Schedules.polynomialSchedule(1, 0.1, 0.5, 10)),
          Map.entry("polynomial_even", Schedules.polynomialSchedule(0.1, 2, 6, 11)),
          Map.entry("exponential", Schedules.exponentialDecay(0.7, 4, 0.5)),
          Map.entry(
              "exponential_staircase", Schedules.exponentialDecay(0.7, 4, 0.5, 2, true, null)),
          Map.entry("exponential_end", Schedules.exponentialDecay(0.7, 4, 0.5, 0, false, 0.3)),
          Map.entry("exponential_up", Schedules.exponentialDecay(0.7, 4, 1.5, 1, false, 1.5)),
          Map.entry("exponential_one", Schedules.exponentialDecay(1, 4, 1, 0, false, 2.0)),
          Map.entry("exponential_one_below", Schedules.exponentialDecay(1, 4, 1, 0, false, 0.5)),
          Map.entry("exponential_zero", Schedules.exponentialDecay(0.7, 4, 0)),
          Map.entry("cosine", Schedules.cosineDecaySchedule(0.4, 11)),
          Map.entry("cosine_alpha", Schedules.cosineDecaySchedule(0.4, 11, 0.25, 2)),
          Map.entry(
              "piecewise",
              Schedules.piecewiseConstantSchedule(0.4, Map.of(3, 0.5, 7, 0.1, 11, 3.0))),
          Map.entry("piecewise_none", Schedules.piecewiseConstantSchedule(0.4, Map.of())),
          Map.entry(
              "joined",
              Schedules.joinSchedules(
                  List.of(
                      Schedules.linearSchedule(0, 1, 3),
                      Schedules.constantSchedule(0.5),
                      Schedules.linearSchedule(0.5, 0, 5)),
                  List.of(3, 7))),
          Map.entry("warmup_constant", Schedules.warmupConstantSchedule(0.1, 0.7, 5)),
          Map.entry("warmup_cosine", Schedules.warmupCosineDecaySchedule(0, 0.5, 3, 13, 0.05)),
          Map.entry(
              "warmup_cosine_exponent",
              Schedules.warmupCosineDecaySchedule(0.1, 0.5, 3, 13, 0.05, 2)),
          Map.entry("warmup_cosine_zero", Schedules.warmupCosineDecaySchedule(0.1, 0, 3, 13, 0.05)),
          Map.entry(
              "warmup_exponential", Schedules.warmupExponentialDecaySchedule(0, 0.5, 4, 5, 0.7)));

  private static final Schedule FALLING = Schedules.linearSchedule(0.5, 0.1, 4);

  private static final Map<String, GradientTransformation> OPTIMIZERS =
      Map.ofEntries(
          Map.entry("sgd", Optim.sgd(0.1)),
          Map.entry("sgd_schedule", Optim.sgd(FALLING)),
          Map.entry("momentum", Optim.sgd(0.1).momentum(0.9)),
          Map.entry("nesterov", Optim.sgd(0.1).momentum(0.9).nesterov(true)),
          Map.entry(
              "momentum_bfloat16", Optim.sgd(0.1).momentum(0.9).accumulatorDtype(DType.BFLOAT16)),
          Map.entry("adam", Optim.adam(0.01)),
          Map.entry("adam_settings", Optim.adam(0.01).b1(0.8).b2(0.95).eps(1e-3).epsRoot(1e-2)),
          Map.entry("adam_nesterov", Optim.adam(0.01).nesterov(true)),
          Map.entry("adam_bfloat16", Optim.adam(0.01).muDtype(DType.BFLOAT16)),
          Map.entry("adamw", Optim.adamw(0.01).weightDecay(0.1)),
          Map.entry("adamw_schedule", Optim.adamw(FALLING).weightDecay(0.1)),
          Map.entry(
              "adamw_mask",
              Optim.adamw(0.01).weightDecay(0.1).mask((String path) -> path.endsWith("a"))),
          Map.entry("lion", Optim.lion(0.01)),
          Map.entry("lion_settings", Optim.lion(0.01).b1(0.8).b2(0.95).weightDecay(0.1)),
          Map.entry("lion_bfloat16", Optim.lion(0.01).muDtype(DType.BFLOAT16)),
          Map.entry("clip", Optim.chain(Optim.clipByGlobalNorm(1), Optim.sgd(0.1))),
          Map.entry("clip_far", Optim.chain(Optim.clipByGlobalNorm(1000), Optim.sgd(0.1))),
          Map.entry("decayed", Optim.chain(Optim.addDecayedWeights(0.1), Optim.scale(-0.5))),
          Map.entry(
              "scheduled",
              Optim.chain(Optim.scaleByAdam(), Optim.scaleBySchedule(FALLING), Optim.scale(-1))),
          Map.entry("multi_mean", Optim.multiSteps(Optim.sgd(0.1), 2)),
          Map.entry("multi_sum", Optim.multiSteps(Optim.sgd(0.1), 2).useGradMean(false)));

  private record Line(String name, DType dtype, double[] values) {
    @Override
    public String toString() {
      return name + " " + dtype;
    }
  }

  static List<Line> lines() throws IOException {
    try (InputStream in = OptimGoldenTest.class.getResourceAsStream("/golden/optim.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .map(words ->
              new Line(
                  words[0],
                  DType.of(words[1]),
                  Arrays.stream(words, 2, words.length).mapToDouble(Double::parseDouble).toArray()))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void everyCaseHasOptaxsValues(Line line) {
    Schedule schedule = SCHEDULES.get(line.name());
    if (schedule != null) {
      double[] values = Arrays.stream(COUNTS).mapToDouble(schedule::at).toArray();
      assertClose(values, line.values(), 3e-7);
      return;
    }
    GradientTransformation optimizer = OPTIMIZERS.get(line.name());
    assertThat(optimizer).as("the optimizer %s", line.name()).isNotNull();
    assertClose(train(optimizer, line.dtype()), line.values(), tolerance(line.dtype()));
  }

  private static double[] train(GradientTransformation optimizer, DType dtype) {
    Variables params =
        tree(
            numbers(i -> ((i * 7) % 13 - 6) / 8.0),
            numbers(i -> ((SIZE - 1 - i) * 7 % 13 - 6) / 8.0),
            dtype);
    OptState state = optimizer.init(params);
    for (int step = 0; step < STEPS; step++) {
      Variables gradients = tree(gradient(step), gradient(step + 3), dtype);
      var stepped = Optim.applyGradients(optimizer, gradients, state, params);
      params = stepped.params();
      state = stepped.state();
    }
    double[] all = new double[2 * SIZE];
    System.arraycopy(values(params.get("params/a")), 0, all, 0, SIZE);
    System.arraycopy(values(params.get("params/b")), 0, all, SIZE, SIZE);
    return all;
  }

  private static double[] gradient(int step) {
    return numbers(i -> ((i * 5 + step * 11) % 17 - 8) / 16.0);
  }

  private static double[] numbers(java.util.function.IntToDoubleFunction value) {
    double[] values = new double[SIZE];
    Arrays.setAll(values, value);
    return values;
  }

  private static Variables tree(double[] a, double[] b, DType dtype) {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    tensors.put("params/a", Array.of(a, SIZE).astype(dtype));
    tensors.put("params/b", Array.of(b, SIZE).astype(dtype));
    return Variables.of(tensors);
  }

  private static double[] values(Array array) {
    return array.astype(DType.FLOAT64).toDoubleArray();
  }

  /** Relative to the largest value; 16-bit types by their last place. */
  private static double tolerance(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 1e-12;
      case BFLOAT16 -> 0x1p-8;
      default -> 1e-6;
    };
  }

  private static void assertClose(double[] values, double[] expected, double tolerance) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(values[i] - expected[i]))
          .as("value %d: expected %s, got %s", i, expected[i], values[i])
          .isLessThanOrEqualTo(tolerance * largest);
    }
  }
}
