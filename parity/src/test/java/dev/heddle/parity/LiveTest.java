package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.heddle.random.Era;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Heddle answers random configurations, drawn afresh, as Flax does: init, apply in all dtypes,
 * step-by-step decoding with its cache, the gradients of all that, and the losses of a small model
 * in training.
 *
 * <p>Properties: {@code heddle.oracles} says where the environments are ({@code
 * heddle.oracles.required}: their absence is a failure), {@code heddle.live.seed} replays a run,
 * {@code heddle.live.start} begins with a later case of it, {@code heddle.live.modern} and {@code
 * heddle.live.classic} are how many cases there must be, {@code heddle.live.gradients.modern} and
 * {@code heddle.live.gradients.classic} how many of gradients, likewise with {@code training},
 * {@code heddle.live.minutes} how long each of the three may take.
 */
class LiveTest {
  private static final Map<Era, Integer> CASES = Map.of(Era.MODERN, 100, Era.CLASSIC, 40);
  private static final Map<Era, Integer> GRADIENTS = Map.of(Era.MODERN, 35, Era.CLASSIC, 15);
  private static final Map<Era, Integer> TRAININGS = Map.of(Era.MODERN, 1, Era.CLASSIC, 1);
  private static final int MINUTES = 8;

  @Test
  void randomConfigurationsGiveFlaxsNumbersInBothEras(@TempDir Path folder) throws Exception {
    run(LiveRun.Kind.ATTENTION, CASES, folder);
  }

  @Test
  void randomConfigurationsGiveFlaxsGradientsInBothEras(@TempDir Path folder) throws Exception {
    run(LiveRun.Kind.GRADIENT, GRADIENTS, folder);
  }

  @Test
  void trainingGivesFlaxsLossesInBothEras(@TempDir Path folder) throws Exception {
    run(LiveRun.Kind.TRAINING, TRAININGS, folder);
  }

  private static void run(LiveRun.Kind kind, Map<Era, Integer> counts, Path folder)
      throws Exception {
    Map<Era, Oracle> oracles = oracles();
    long seed = Long.getLong("heddle.live.seed", ThreadLocalRandom.current().nextInt(1 << 30));
    int start = Integer.getInteger("heddle.live.start", 0);
    System.out.printf(
        "live parity: %s: seed %d; again: -Dheddle.live.seed=%d%n", kind.name(), seed, seed);
    Instant begun = Instant.now();
    Duration budget = Duration.ofMinutes(Integer.getInteger("heddle.live.minutes", MINUTES));
    Map<Era, Future<LiveRun.Result>> runs = new EnumMap<>(Era.class);
    try (ExecutorService both = Executors.newFixedThreadPool(oracles.size())) {
      oracles.forEach((era, oracle) ->
          runs.put(
              era,
              both.submit(
                  new LiveRun(
                      oracle,
                      kind,
                      seed,
                      start,
                      count(kind, counts, era),
                      begun.plus(budget),
                      folder))));
    }
    SoftAssertions all = new SoftAssertions();
    for (Map.Entry<Era, Future<LiveRun.Result>> run : runs.entrySet()) {
      Era era = run.getKey();
      LiveRun.Result result = run.getValue().get();
      System.out.println(summary(kind, era, result, begun.until(Instant.now())));
      result.noisy().forEach(line -> System.out.println("live parity: noise: " + line));
      all.assertThat(String.join("\n", result.wrong())).as("%s, seed %d", era, seed).isEmpty();
      all.assertThat(result.compared())
          .as("%s: cases compared within %s", era, budget)
          .isGreaterThanOrEqualTo(count(kind, counts, era));
    }
    all.assertAll();
  }

  private static String summary(LiveRun.Kind kind, Era era, LiveRun.Result result, Duration taken) {
    return "live parity: %s: %d %s cases, %d of them decoding, within %d s; "
            .formatted(era, result.compared(), kind.name(), result.decoded(), taken.toSeconds())
        + "with normalize_qk beyond the figure, but within the noise of their inputs: %d"
            .formatted(result.noisy().size());
  }

  private static int count(LiveRun.Kind kind, Map<Era, Integer> counts, Era era) {
    String name = era.name().toLowerCase(Locale.ROOT);
    return Integer.getInteger(kind.prefix() + name, counts.get(era));
  }

  /** Both oracles; without them there is nothing to compare with, which is said aloud. */
  private static Map<Era, Oracle> oracles() {
    Map<Era, Oracle> found = new EnumMap<>(Era.class);
    for (Era era : Era.values()) {
      Oracle.of(era).ifPresent(oracle -> found.put(era, oracle));
    }
    if (found.size() < Era.values().length) {
      String why =
          "live parity: no Python with Flax for every era in "
              + Oracle.folder().map(Path::toString).orElse("(heddle.oracles is not set)")
              + ": make them with parity/oracle/setup";
      assertThat(Boolean.getBoolean("heddle.oracles.required")).as(why).isFalse();
      System.out.println(why);
      abort(why);
    }
    return found;
  }
}
