package dev.heddle.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.heddle.random.Era;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The live comparison, on a few cases of a fixed seed. {@code ./heddle parity} draws new cases, any
 * number of them; random cases of one seed are also golden cases ({@code drawn} in their names).
 *
 * <p>{@code heddle.oracles} sets the folder of the Python environments; with {@code
 * heddle.oracles.required} their absence is a failure.
 */
class LiveTest {
  private static final long SEED = 18;
  private static final int CASES = 3;

  @ParameterizedTest
  @EnumSource
  void casesOfOneSeedAreAnsweredAsFlaxAnswersThem(Era era, @TempDir Path folder) throws Exception {
    List<String> kinds = List.of("attention", "gradient", "function", "optimizer");
    LiveRun.Result result =
        new LiveRun(oracle(era), kinds, SEED, 0, CASES, Instant.MAX, folder, System.out::println)
            .call();
    assertThat(String.join("\n", result.wrong())).isEmpty();
    assertThat(result.compared()).containsOnlyKeys(kinds);
    assertThat(result.total()).isEqualTo(CASES * kinds.size());
  }

  /** The oracle; without it the test is skipped with a message. */
  private static Oracle oracle(Era era) {
    Optional<Oracle> found = Oracle.of(era);
    if (found.isEmpty()) {
      String why =
          "no Python with Flax for %s in %s: make it with parity/oracle/setup"
              .formatted(era, Oracle.folder());
      assertThat(Boolean.getBoolean("heddle.oracles.required")).as(why).isFalse();
      System.out.println("live parity: " + why);
      abort(why);
    }
    return found.orElseThrow();
  }
}
