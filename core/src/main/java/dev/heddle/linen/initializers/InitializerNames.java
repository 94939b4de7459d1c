package dev.heddle.linen.initializers;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.initializers.VarianceScaling.Distribution;
import dev.heddle.linen.initializers.VarianceScaling.Mode;
import dev.heddle.linen.internal.Nearest;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The initializers by Flax's names, each with its parameters and their defaults. */
final class InitializerNames {
  private static final double SMALL = 1e-2; // Flax's scale of uniform, stddev of normal
  private static final Map<String, Entry> ENTRIES = entries();

  private record Entry(
      Function<InitializerArguments, Initializer> initializer, List<String> parameters) {}

  /** A distribution of {@link Random} with its own parameters bound. */
  private interface Sampler {
    Array draw(Key key, DType dtype, int... dims);
  }

  private InitializerNames() {}

  static Initializer make(String name, Map<String, ?> parameters) {
    Entry entry = ENTRIES.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "initializer: expected a name in flax.linen.initializers, got \"%s\"%s"
              .formatted(name, Nearest.suggestion(name, ENTRIES.keySet())));
    }
    InitializerArguments in = new InitializerArguments(name, parameters, entry.parameters);
    Initializer initializer = entry.initializer.apply(in);
    return new NamedInitializer(in.spec(), initializer);
  }

  static Set<String> names() {
    return ENTRIES.keySet();
  }

  private static Map<String, Entry> entries() {
    Map<String, Entry> all = new TreeMap<>();
    all.put("zeros", entry(in -> full(0)));
    all.put("zeros_init", entry(in -> full(0)));
    all.put("ones", entry(in -> full(1)));
    all.put("ones_init", entry(in -> full(1)));
    all.put("constant", entry(in -> full(in.anyNumber("value", null)), "value", "dtype"));
    all.put(
        "uniform",
        entry(in -> times(in.number("scale", SMALL), Random::uniform), "scale", "dtype"));
    all.put(
        "normal",
        entry(in -> times(in.number("stddev", SMALL), Random::normal), "stddev", "dtype"));
    all.put(
        "truncated_normal",
        entry(InitializerNames::truncatedNormal, "stddev", "lower", "upper", "dtype"));
    all.put(
        "variance_scaling",
        entry(
            in ->
                new VarianceScaling(
                    in.number("scale", null),
                    in.choice("mode", Mode.values()),
                    in.choice("distribution", Distribution.values()),
                    in.axes()),
            "scale",
            "mode",
            "distribution",
            "in_axis",
            "out_axis",
            "batch_axis",
            "dtype"));
    putScaled(all, 1, Mode.FAN_AVG, "glorot", "xavier");
    putScaled(all, 1, Mode.FAN_IN, "lecun");
    putScaled(all, 2, Mode.FAN_IN, "he", "kaiming");
    all.put("orthogonal", orthogonal(OrthogonalMatrices::orthogonal));
    all.put("delta_orthogonal", orthogonal(OrthogonalMatrices::delta));
    return Collections.unmodifiableMap(all);
  }

  private static Entry entry(
      Function<InitializerArguments, Initializer> initializer, String... parameters) {
    return new Entry(initializer, List.of(parameters));
  }

  private static Initializer full(double value) {
    return (key, shape, dtype) ->
        Array.full(RoundedScalars.constant(value, dtype), dtype, shape.dims());
  }

  private static Initializer times(double factor, Sampler sampler) {
    return (key, shape, dtype) ->
        RoundedScalars.times(
            sampler.draw(key, dtype, shape.dims()), RoundedScalars.constant(factor, dtype));
  }

  private static Initializer truncatedNormal(InitializerArguments in) {
    double stddev = in.number("stddev", SMALL);
    double lower = in.anyNumber("lower", -2.0);
    double upper = in.anyNumber("upper", 2.0);
    if (!(lower < upper)) {
      throw new IllegalArgumentException(
          "truncated_normal: arguments \"lower\" and \"upper\": expected lower < upper, got %s and %s"
              .formatted(lower, upper));
    }
    return times(
        stddev, (key, dtype, dims) -> Random.truncatedNormal(key, lower, upper, dtype, dims));
  }

  private static void putScaled(
      Map<String, Entry> all, double scale, Mode mode, String... authors) {
    for (String author : authors) {
      for (Distribution distribution :
          List.of(Distribution.UNIFORM, Distribution.TRUNCATED_NORMAL)) {
        all.put(
            author + (distribution == Distribution.UNIFORM ? "_uniform" : "_normal"),
            entry(
                in -> new VarianceScaling(scale, mode, distribution, in.axes()),
                "in_axis",
                "out_axis",
                "batch_axis",
                "dtype"));
      }
    }
  }

  private static Entry orthogonal(OrthogonalMatrices.Rule rule) {
    return entry(
        in -> {
          double scale = in.number("scale", 1.0);
          int columnAxis = in.integer("column_axis", -1);
          return (key, shape, dtype) -> rule.make(scale, columnAxis, key, shape, dtype);
        },
        "scale",
        "column_axis",
        "dtype");
  }
}
