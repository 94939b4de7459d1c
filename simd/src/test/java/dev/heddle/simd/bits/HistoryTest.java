package dev.heddle.simd.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.KernelChoice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.opentest4j.TestAbortedException;

/**
 * The compilation of the kernels does not depend on what the process ran before: after sequences of
 * work drawn from seeds, each in a separate JVM, no call of a kernel or a layer boxes a vector.
 * {@code -Dheddle.history.sequences=50} runs more sequences, {@code -Dheddle.history.seed=N} other
 * ones.
 */
@DisabledIfSystemProperty(
    named = KernelChoice.PROPERTY,
    matches = "simd.*",
    disabledReason = "the sequences run once, at the preferred width")
class HistoryTest {
  private static final int SEQUENCES = Integer.getInteger("heddle.history.sequences", 2);
  private static final long SEED = Long.getLong("heddle.history.seed", 1);

  @Test
  void noVectorIsAnObjectWhateverRanBefore() {
    List<String> wrong = new ArrayList<>();
    for (long seed = SEED; seed < SEED + SEQUENCES; seed++) {
      List<String> flags =
          List.of(
              "-XX:+UseSerialGC",
              "-Xms1g",
              "-Xmx1g",
              "-Xmn700m",
              "-Dheddle.threads=" + (seed % 4 + 1));
      List<String> said = Jvm.run(flags, History.class, Long.toString(seed));
      if (said.contains("kernels scalar")) {
        throw new TestAbortedException("left out: no vectors here that could be boxed");
      }
      List<String> results =
          said.stream()
              .filter(line -> line.startsWith("bytes ") || line.startsWith("vectors "))
              .toList();
      assertThat(results).hasSizeGreaterThan(60);
      for (String line : results) {
        String[] words = line.split(" ", 5);
        if (Long.parseLong(words[1]) > Long.parseLong(words[3])) {
          wrong.add("-Dheddle.history.seed=" + seed + ": " + line);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
