package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Threads;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attention on other threads than Heddle's, with the same bits. */
@Timeout(240)
class AttentionThreadsTest {
  private static final MultiHeadDotProductAttention ATTENTION =
      MultiHeadDotProductAttention.builder().numHeads(2).qkvFeatures(32).build();

  /** Large enough that its products are split. */
  private static final Array LARGE = input(3, 150, 72);

  private static final Array SMALL = input(1, 4, 8);

  @Test
  void givenThreadsChangeNoBit() throws Exception {
    Variables variables = ATTENTION.init(Rngs.of(0), LARGE);
    Array expected = ATTENTION.apply(variables, LARGE);
    try (ExecutorService fixed = Executors.newFixedThreadPool(3);
        ExecutorService forkJoin = new ForkJoinPool(3);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      for (ExecutorService pool : List.of(fixed, forkJoin, virtual)) {
        for (int count = 1; count <= 8; count++) {
          Threads threads = Threads.of(pool, count);
          assertThat(threads.call(() -> ATTENTION.apply(variables, LARGE))).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void theyHoldWithinTheCall() throws IOException {
    int outside = Threads.count();
    Threads seven = Threads.of(Runnable::run, 7);
    Threads five = Threads.of(Runnable::run, 5);

    seven.run(() -> {
      assertThat(Threads.count()).isEqualTo(7);
      five.run(() -> assertThat(Threads.count()).isEqualTo(5));
      assertThat(Threads.count()).isEqualTo(7);
    });
    assertThat(Threads.count()).isEqualTo(outside);

    assertThatThrownBy(() ->
            seven.call(() -> {
              throw new IOException("of the operation");
            }))
        .isInstanceOf(IOException.class)
        .hasMessage("of the operation");
    assertThat(Threads.count()).isEqualTo(outside);
  }

  @Test
  void noThreadsIsAnError() {
    assertThatThrownBy(() -> Threads.of(Runnable::run, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads: expected a number from 1 to 32767, got 0");
  }

  @Test
  void aThousandVirtualThreadsApplyAtOnce() throws Exception {
    Variables small = ATTENTION.init(Rngs.of(0), SMALL);
    Variables large = ATTENTION.init(Rngs.of(0), LARGE);
    Array expectedSmall = ATTENTION.apply(small, SMALL);
    Array expectedLarge = ATTENTION.apply(large, LARGE);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Array>> results = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        boolean isLarge = i % 25 == 0;
        results.add(
            callers.submit(
                () -> isLarge ? ATTENTION.apply(large, LARGE) : ATTENTION.apply(small, SMALL)));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(results.get(i).get()).isEqualTo(i % 25 == 0 ? expectedLarge : expectedSmall);
      }
    }
  }

  @Test
  void parallelStreamsApply() {
    Variables variables = ATTENTION.init(Rngs.of(0), LARGE);
    Array expected = ATTENTION.apply(variables, LARGE);

    assertThat(IntStream.range(0, 20).parallel().mapToObj(i -> ATTENTION.apply(variables, LARGE)))
        .containsOnly(expected);
  }

  private static Array input(int... shape) {
    return Random.normal(Key.of(7), DType.FLOAT32, shape);
  }
}
