package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.heddle.random.Era;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Heddle answers random configurations, drawn afresh, as Flax does: init, apply in all dtypes, and
 * step-by-step decoding with its cache.
 *
 * <p>Properties: {@code heddle.oracles} says where the environments are ({@code
 * heddle.oracles.required}: their absence is a failure), {@code heddle.live.seed} replays a run,
 * {@code heddle.live.start} begins with a later case of it, {@code heddle.live.modern} and {@code
 * heddle.live.classic} are how many cases there must be, {@code heddle.live.minutes} how long it
 * may take.
 */
class LiveTest {
  private static final int MODERN = 100;
  private static final int CLASSIC = 40;
  private static final int MINUTES = 8;

  @Test
  void randomConfigurationsGiveFlaxsNumbersInBothEras(@TempDir Path folder) throws Exception {
    Map<Era, Oracle> oracles = oracles();
    long seed = Long.getLong("heddle.live.seed", ThreadLocalRandom.current().nextInt(1 << 30));
    int start = Integer.getInteger("heddle.live.start", 0);
    System.out.printf("live parity: seed %d; again: -Dheddle.live.seed=%d%n", seed, seed);
    Instant begun = Instant.now();
    Duration budget = Duration.ofMinutes(Integer.getInteger("heddle.live.minutes", MINUTES));
    Map<Era, Future<LiveRun.Result>> runs = new EnumMap<>(Era.class);
    try (ExecutorService both = Executors.newFixedThreadPool(oracles.size())) {
      oracles.forEach((era, oracle) ->
          runs.put(
              era,
              both.submit(
                  new LiveRun(oracle, seed, start, count(era), begun.plus(budget), folder))));
    }
    SoftAssertions all = new SoftAssertions();
    for (Map.Entry<Era, Future<LiveRun.Result>> run : runs.entrySet()) {
      Era era = run.getKey();
      LiveRun.Result result = run.getValue().get();
      System.out.println(summary(era, result, begun.until(Instant.now())));
      result.noisy().forEach(line -> System.out.println("live parity: noise: " + line));
      all.assertThat(String.join("\n", result.wrong())).as("%s, seed %d", era, seed).isEmpty();
      all.assertThat(result.compared())
          .as("%s: cases compared within %s", era, budget)
          .isGreaterThanOrEqualTo(count(era));
    }
    all.assertAll();
  }

  private static String summary(Era era, LiveRun.Result result, Duration taken) {
    return "live parity: %s: %d cases, %d of them decoding, within %d s; "
            .formatted(era, result.compared(), result.decoded(), taken.toSeconds())
        + "with normalize_qk beyond the figure, but within the noise of their inputs: %d"
            .formatted(result.noisy().size());
  }

  private static int count(Era era) {
    return era == Era.MODERN
        ? Integer.getInteger("heddle.live.modern", MODERN)
        : Integer.getInteger("heddle.live.classic", CLASSIC);
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
