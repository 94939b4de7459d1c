package dev.heddle.linen.initializers;

import dev.heddle.linen.initializers.VarianceScaling.Axes;
import dev.heddle.linen.initializers.VarianceScaling.Distribution;
import dev.heddle.linen.initializers.VarianceScaling.Mode;
import dev.heddle.linen.internal.Nearest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The table of initializers by Flax's names, and what parameters each has. */
final class InitializerNames {
  private static final String[] AXES = {"in_axis", "out_axis", "batch_axis"};
  private static final Map<String, Entry> ENTRIES = entries();

  private record Entry(
      List<String> parameters, Function<InitializerArguments, Initializer> initializer) {}

  private InitializerNames() {}

  static Initializer make(String name, Map<String, ?> parameters) {
    Entry entry = ENTRIES.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "initializer: expected a name in flax.linen.initializers, got \""
              + name
              + "\""
              + Nearest.suggestion(name, ENTRIES.keySet()));
    }
    return entry.initializer.apply(new InitializerArguments(name, parameters, entry.parameters));
  }

  static Set<String> names() {
    return ENTRIES.keySet();
  }

  private static Map<String, Entry> entries() {
    Map<String, Entry> all = new TreeMap<>();
    all.put("zeros", entry(in -> Initializers.zeros()));
    all.put("zeros_init", entry(in -> Initializers.zerosInit()));
    all.put("ones", entry(in -> Initializers.ones()));
    all.put("ones_init", entry(in -> Initializers.onesInit()));
    all.put("constant", entry(in -> Initializers.constant(in.number("value")), "value", "dtype"));
    all.put(
        "uniform",
        entry(
            in -> Initializers.uniform(in.number("scale", Initializers.SMALL)), "scale", "dtype"));
    all.put(
        "normal",
        entry(
            in -> Initializers.normal(in.number("stddev", Initializers.SMALL)), "stddev", "dtype"));
    all.put(
        "truncated_normal",
        entry(
            in ->
                Initializers.truncatedNormal(
                    in.number("stddev", Initializers.SMALL),
                    in.number("lower", -Initializers.CUT),
                    in.number("upper", Initializers.CUT)),
            "stddev",
            "lower",
            "upper",
            "dtype"));
    all.put(
        "variance_scaling",
        entry(
            in ->
                Initializers.varianceScaling(
                    in.number("scale"),
                    in.choice("mode", Mode.values()),
                    in.choice("distribution", Distribution.values()),
                    axes(in)),
            "scale",
            "mode",
            "distribution",
            AXES[0],
            AXES[1],
            AXES[2],
            "dtype"));
    for (String author : List.of("glorot", "xavier", "lecun", "he", "kaiming")) {
      for (String distribution : List.of("_uniform", "_normal")) {
        String name = author + distribution;
        all.put(
            name,
            entry(in -> Initializers.scaled(name, axes(in)), AXES[0], AXES[1], AXES[2], "dtype"));
      }
    }
    all.put(
        "orthogonal",
        entry(
            in -> Initializers.orthogonal(in.number("scale", 1), in.integer("column_axis", -1)),
            "scale",
            "column_axis",
            "dtype"));
    all.put(
        "delta_orthogonal",
        entry(
            in ->
                Initializers.deltaOrthogonal(in.number("scale", 1), in.integer("column_axis", -1)),
            "scale",
            "column_axis",
            "dtype"));
    return Collections.unmodifiableMap(all);
  }

  private static Entry entry(
      Function<InitializerArguments, Initializer> initializer, String... parameters) {
    return new Entry(List.of(parameters), initializer);
  }

  private static Axes axes(InitializerArguments in) {
    return new Axes(
        in.axes(AXES[0], Axes.DEFAULT.in()),
        in.axes(AXES[1], Axes.DEFAULT.out()),
        in.axes(AXES[2], Axes.DEFAULT.batch()));
  }
}
