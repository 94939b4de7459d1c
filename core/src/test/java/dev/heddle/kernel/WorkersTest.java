package dev.heddle.kernel;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The behaviour of a call on any threads. {@link WorkersPoolTest} tests the executors. */
@Timeout(120)
class WorkersTest {
  private static final long LARGE = Long.MAX_VALUE;

  @Test
  void everyPartRunsOnce() {
    AtomicIntegerArray runs = new AtomicIntegerArray(1000);

    Workers.run(1000, LARGE, runs::incrementAndGet);

    assertThat(counts(runs)).containsOnly(1);
  }

  @Test
  void workInsideAPartIsDoneByTheThreadOfThePart() {
    AtomicIntegerArray runs = new AtomicIntegerArray(64);
    AtomicBoolean elsewhere = new AtomicBoolean();

    Workers.run(
        8,
        LARGE,
        i -> {
          Thread here = Thread.currentThread();
          Workers.run(
              8,
              LARGE,
              j -> {
                runs.incrementAndGet(8 * i + j);
                if (Thread.currentThread() != here) {
                  elsewhere.set(true);
                }
              });
        });

    assertThat(counts(runs)).containsOnly(1);
    assertThat(elsewhere).isFalse();
  }

  @Test
  void smallWorkStaysOnTheThreadThatCalls() {
    Thread[] ran = new Thread[100];

    Workers.run(100, 1000, i -> ran[i] = Thread.currentThread());
    assertThat(ran).containsOnly(Thread.currentThread());

    Workers.run(1000, new Phase(50, i -> ran[i] = null), new Phase(50, i -> ran[50 + i] = null));
    assertThat(ran).containsOnlyNulls();
  }

  @Test
  void aPhaseSeesAllThatTheOneBeforeWrote() {
    int tasks = 7;
    int steps = 40;
    long[][] sums = new long[steps + 1][tasks]; // plain memory: only the order of phases orders it
    Phase[] phases = new Phase[steps];
    for (int step = 0; step < steps; step++) {
      long[] from = sums[step];
      long[] to = sums[step + 1];
      phases[step] = new Phase(tasks, i -> to[i] = Arrays.stream(from).sum() % 1_000_003 + i);
    }
    long[][] expected = new long[steps + 1][tasks];
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < tasks; i++) {
        expected[step + 1][i] = Arrays.stream(expected[step]).sum() % 1_000_003 + i;
      }
    }

    for (int call = 0; call < 500; call++) {
      for (long[] sum : sums) {
        Arrays.fill(sum, -1);
      }
      Arrays.fill(sums[0], 0);

      Workers.run(LARGE, phases);

      assertThat(sums).isDeepEqualTo(expected);
    }
  }

  @Test
  void aPhaseMayBeEmptyAndSoMayTheCall() {
    AtomicInteger runs = new AtomicInteger();
    Phase none = new Phase(0, i -> runs.addAndGet(1000));
    Phase some = new Phase(3, i -> runs.incrementAndGet());

    Workers.run(LARGE);
    Workers.run(LARGE, none);
    Workers.run(LARGE, none, some, none, none, some, none);
    Workers.run(0, LARGE, i -> runs.addAndGet(1000));

    assertThat(runs).hasValue(6);
    assertThatThrownBy(() -> new Phase(-1, i -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("phase: expected a count of 0 or more, got -1");
  }

  @Test
  void theCallerThrowsPerTasksExceptionAndSkipsTheRest() {
    AtomicInteger later = new AtomicInteger();
    for (Throwable thrown :
        new Throwable[] {
          new IllegalStateException("part 57"), new StackOverflowError(), new IOException("checked")
        }) {
      assertThatThrownBy(() ->
              Workers.run(
                  LARGE,
                  new Phase(
                      100,
                      i -> {
                        if (i == 57) {
                          throw WorkersTest.<RuntimeException>unchecked(thrown);
                        }
                      }),
                  new Phase(100, i -> later.incrementAndGet())))
          .isSameAs(thrown);
    }
    assertThat(later).hasValue(0);

    everyPartRunsOnce(); // and the threads still work
  }

  @Test
  void theCallerThrowsOneExceptionWithTheOthersSuppressed() {
    CountDownLatch both = new CountDownLatch(2);
    Pools.with(
        2,
        () ->
            assertThatThrownBy(() ->
                    Workers.run(
                        2,
                        LARGE,
                        i -> {
                          meet(both);
                          throw new IllegalStateException("part " + i);
                        }))
                .isInstanceOf(IllegalStateException.class)
                .satisfies(thrown -> {
                  assertThat(thrown.getSuppressed()).hasSize(1);
                  assertThat(thrown.getSuppressed()[0]).isInstanceOf(IllegalStateException.class);
                }));
  }

  @Test
  void noTaskRunsAfterAFailedCallReturns() {
    AtomicInteger running = new AtomicInteger();
    for (int call = 0; call < 300; call++) {
      assertThatThrownBy(() ->
              Workers.run(
                  16,
                  LARGE,
                  i -> {
                    running.incrementAndGet();
                    Thread.onSpinWait();
                    running.decrementAndGet();
                    throw new ArithmeticException();
                  }))
          .isInstanceOf(ArithmeticException.class);
      assertThat(running).hasValue(0);
    }
  }

  @Test
  void anInterruptEndsNoCallAndIsRestored() {
    CountDownLatch both = new CountDownLatch(2);
    AtomicIntegerArray runs = new AtomicIntegerArray(2);
    Pools.with(
        2,
        () -> {
          Thread caller = Thread.currentThread();
          Workers.run(
              2,
              LARGE,
              i -> {
                meet(both);
                if (Thread.currentThread() == caller) {
                  caller.interrupt(); // while the caller waits for the other task
                } else {
                  sleep(20);
                }
                runs.incrementAndGet(i);
              });
        });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(counts(runs)).containsOnly(1);
  }

  @Test
  void anUnusableNumberOfThreadsIsAnError() {
    assertThatThrownBy(() -> Workers.parse("0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads: expected a number from 1 to 32767, got \"0\"");
    assertThatThrownBy(() -> Workers.parse("many"))
        .hasMessage("threads: expected a number from 1 to 32767, got \"many\"");
    assertThatThrownBy(() -> Workers.over(Runnable::run, 32768))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("threads: expected a number from 1 to 32767, got 32768");
    assertThat(Workers.parse("32767")).isEqualTo(32767);
  }

  /** Returns when as many threads have arrived as the latch counts. */
  static void meet(CountDownLatch latch) {
    latch.countDown();
    await(latch);
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, SECONDS)).as("another thread came").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static int[] counts(AtomicIntegerArray runs) {
    int[] counts = new int[runs.length()];
    Arrays.setAll(counts, runs::get);
    return counts;
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X unchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
