package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** The order of turns, and the measured calls. */
class RoundsTest {
  @Test
  void everybodyHasATurnInEveryRoundAndTheFirstCallsAreNotCounted() throws IOException {
    List<String> calls = new ArrayList<>();
    SequencedMap<String, Engine> engines = new LinkedHashMap<>();
    engines.put("slow", new Scripted("slow", 30_000_000, calls));
    engines.put("slower", new Scripted("slower", 500_000_000, calls));

    SequencedMap<String, Samples> samples = Rounds.run(engines, 1e-9).samples();

    assertThat(calls).containsExactly("slow 1", "slower 1", "slow 3", "slower 1");
    assertThat(samples.keySet()).containsExactly("slow", "slower");
    assertThat(samples.get("slow").count()).isEqualTo(2);
    assertThat(samples.get("slow").best()).isEqualTo(30.001);
    assertThat(samples.get("slow").median()).isEqualTo(30.0015, within(1e-9));
    assertThat(samples.get("slower").best()).isEqualTo(500);
  }

  @Test
  void whoFailsHasNoFurtherTurnsAndNoTime() throws IOException {
    List<String> calls = new ArrayList<>();
    SequencedMap<String, Engine> engines = new LinkedHashMap<>();
    engines.put("dies", new Scripted("dies", 30_000_000, calls, 1));
    engines.put("never", new Scripted("never", 30_000_000, calls, 0));
    engines.put("slow", new Scripted("slow", 30_000_000, calls));

    Rounds.Outcome outcome = Rounds.run(engines, 1e-9);

    assertThat(calls).containsExactly("dies 1", "slow 1", "slow 3");
    assertThat(outcome.samples().keySet()).containsExactly("slow");
    assertThat(outcome.failures())
        .hasToString("{never=its process ended: call 0, dies=its process ended: call 1}");
  }

  /** Each call takes a little longer than the one before it. */
  private static final class Scripted implements Engine {
    private final String name;
    private final long nanos;
    private final List<String> calls;
    private final int healthy;
    private int timed;

    Scripted(String name, long nanos, List<String> calls) {
      this(name, nanos, calls, Integer.MAX_VALUE);
    }

    /** Fails after a number of measurements. */
    Scripted(String name, long nanos, List<String> calls, int healthy) {
      this.name = name;
      this.nanos = nanos;
      this.calls = calls;
      this.healthy = healthy;
    }

    @Override
    public String version() {
      return name;
    }

    @Override
    public Outputs load(Problem problem) {
      return Outputs.of(new float[0]);
    }

    @Override
    public long[] time(int count) throws IOException {
      if (timed == healthy) {
        throw new IOException("its process ended: call " + timed);
      }
      timed++;
      calls.add(name + " " + count);
      long[] times = new long[count];
      for (int i = 0; i < count; i++) {
        times[i] = nanos + 1000L * i;
      }
      return times;
    }

    @Override
    public void close() {}
  }
}
