package dev.heddle.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Schedules at the steps where they begin, end and change, as in Optax 0.2.8. */
class SchedulesTest {
  private static List<Float> at(Schedule schedule, int... counts) {
    return IntStream.of(counts).mapToObj(count -> (float) schedule.at(count)).toList();
  }

  @Test
  void aDecayIsBoundedFromBelowAndOneOfRate1OrMoreFromAbove() {
    assertThat(at(Schedules.exponentialDecay(1, 10, 1, 0, false, 2.0), 0, 5)).containsOnly(1f);
    assertThat(at(Schedules.exponentialDecay(1, 10, 1, 0, false, 0.5), 0, 5)).containsOnly(0.5f);
    assertThat(at(Schedules.exponentialDecay(1, 10, 2, 0, false, 3.0), 0, 10, 20))
        .containsExactly(1f, 2f, 3f);
    assertThat(at(Schedules.exponentialDecay(1, 10, 0.5, 3, true, 0.3), 0, 3, 12, 13, 22, 23, 33))
        .containsExactly(1f, 1f, 1f, 0.5f, 0.5f, 0.3f, 0.3f);
  }

  @Test
  void linearSchedulesBeginAndEndAtTheirSteps() {
    assertThat(at(Schedules.linearSchedule(1, 3, 4), 0, 1, 4, 5)).containsExactly(1f, 1.5f, 3f, 3f);
    assertThat(at(Schedules.linearSchedule(1, 3, 0), 0, 1)).containsExactly(1f, 1f);
  }

  @Test
  void aCosineEndsAtAlpha() {
    assertThat(at(Schedules.cosineDecaySchedule(2, 4, 0.25, 1), 0, 2, 4, 5))
        .containsExactly(2f, 1.25f, 0.5f, 0.5f);
    assertThat(at(Schedules.warmupCosineDecaySchedule(0, 1, 0, 4, 0.5), 0, 2, 4, 5))
        .containsExactly(1f, 0.75f, 0.5f, 0.5f);
    assertThat(at(Schedules.warmupExponentialDecaySchedule(0, 1, 2, 4, 0.5), 0, 1, 2, 6))
        .containsExactly(0f, 0.5f, 1f, 0.5f);
  }

  @Test
  void aBoundaryBelongsToTheNextSchedule() {
    assertThat(at(Schedules.piecewiseConstantSchedule(2, Map.of(3, 0.5, 5, 0.5)), 2, 3, 4, 5, 6))
        .containsExactly(2f, 1f, 1f, 0.5f, 0.5f);
    Schedule joined =
        Schedules.joinSchedules(
            List.of(count -> 10 + count, count -> 20 + count, count -> 30 + count), List.of(3, 3));
    assertThat(at(joined, 0, 2, 3, 4)).containsExactly(10f, 12f, 30f, 31f);
  }
}
