package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final long LARGE = Long.MAX_VALUE;

  @Test
  void everyPartRunsOnce() {
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);

    Workers.run(1000, LARGE, runs::incrementAndGet);

    for (int i = 0; i < runs.length(); i++) {
      assertThat(runs.get(i)).as("part %d", i).isEqualTo(1);
    }
  }

  @Test
  void workInsideAPartIsDoneToo() {
    AtomicIntegerArray runs = new AtomicIntegerArray(64);

    Workers.run(8, LARGE, i -> Workers.run(8, LARGE, j -> runs.incrementAndGet(8 * i + j)));

    for (int i = 0; i < runs.length(); i++) {
      assertThat(runs.get(i)).as("part %d", i).isEqualTo(1);
    }
  }

  @Test
  void whatAPartThrowsIsThrownToTheCaller() {
    assertThatThrownBy(() ->
            Workers.run(
                100,
                LARGE,
                i -> {
                  if (i == 57) {
                    throw new IllegalStateException("part 57");
                  }
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("part 57");
  }

  @Test
  void anUnusableNumberOfThreadsIsAnError() {
    assertThatThrownBy(() -> Workers.parse("0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads: expected a number from 1 to 32767, got \"0\"");
    assertThatThrownBy(() -> Workers.parse("many"))
        .hasMessage("threads: expected a number from 1 to 32767, got \"many\"");
  }
}
