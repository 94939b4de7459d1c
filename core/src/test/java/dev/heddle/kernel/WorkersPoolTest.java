package dev.heddle.kernel;

import static dev.heddle.kernel.WorkersTest.counts;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The threads on which calls run: Heddle's own, those of other executors, and callers of every
 * kind.
 */
@Timeout(120)
class WorkersPoolTest {
  private static final long LARGE = Long.MAX_VALUE;

  // --- Heddle's own threads

  @Test
  void ownThreadsAreDaemonsThatInheritNothingFromCallers() {
    assumeThat(Workers.threads()).isGreaterThan(1);
    InheritableThreadLocal<String> secret = new InheritableThreadLocal<>();
    secret.set("the caller's");
    ClassLoader callers = new ClassLoader() {};
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(callers);
    AtomicReference<String> seen = new AtomicReference<>();
    AtomicReference<ClassLoader> loader = new AtomicReference<>();
    try {
      Thread helper =
          helperThat(() -> {
            seen.set(secret.get());
            loader.set(Thread.currentThread().getContextClassLoader());
          });
      assertThat(helper.getName()).matches("heddle-\\d+");
      assertThat(helper.isDaemon()).isTrue();
      assertThat(seen).hasValue(null);
      assertThat(loader.get()).isNotSameAs(callers);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
      secret.remove();
    }
  }

  @Test
  void ownThreadsSleepWhenThereIsNothingToDo() throws InterruptedException {
    assumeThat(Workers.threads()).isGreaterThan(1);
    Thread helper = helperThat(() -> {});
    var clock = ManagementFactory.getThreadMXBean();
    assumeThat(clock.isThreadCpuTimeSupported()).isTrue();

    long until = System.nanoTime() + SECONDS.toNanos(60);
    boolean slept = false;
    while (!slept && System.nanoTime() - until < 0) {
      long before = clock.getThreadCpuTime(helper.threadId());
      Thread.sleep(20);
      slept = before >= 0 && clock.getThreadCpuTime(helper.threadId()) == before;
    }
    assertThat(slept).as("20 ms without using a processor").isTrue();
    assertThat(helper.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING);
  }

  // --- other executors

  static Stream<Arguments> pools() {
    return Stream.of(
        Arguments.of("fixed", Pools.fixed(3)),
        Arguments.of("one thread", Pools.fixed(1)),
        Arguments.of("fork-join", new ForkJoinPool(3)),
        Arguments.of("virtual", Executors.newVirtualThreadPerTaskExecutor()),
        Arguments.of("small queue", bounded(new ThreadPoolExecutor.AbortPolicy())),
        Arguments.of("caller runs", bounded(new ThreadPoolExecutor.CallerRunsPolicy())),
        Arguments.of("discards", bounded(new ThreadPoolExecutor.DiscardPolicy())));
  }

  private static ExecutorService bounded(RejectedExecutionHandler full) {
    return new ThreadPoolExecutor(
        1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(1), Pools.threads(), full);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pools")
  void anExecutorRunsTheTasks(String name, ExecutorService pool) {
    try (pool) {
      Workers workers = Workers.over(pool, 4);
      for (int call = 0; call < 200; call++) {
        AtomicIntegerArray runs = new AtomicIntegerArray(100);
        Pools.within(
            workers,
            () ->
                Workers.run(
                    LARGE,
                    new Phase(40, runs::incrementAndGet),
                    new Phase(60, i -> runs.incrementAndGet(40 + i))));
        assertThat(counts(runs)).containsOnly(1);
      }
    }
  }

  @Test
  void withinAScopeItsExecutorAndThreadCountApply() {
    try (ExecutorService pool = Pools.fixed(2)) {
      Workers workers = Workers.over(pool, 3);
      AtomicReference<Thread> helper = new AtomicReference<>();
      Pools.within(
          workers,
          () -> {
            assertThat(Workers.threads()).isEqualTo(3);
            helper.set(helperThat(() -> assertThat(Workers.threads()).isEqualTo(3)));
          });
      assertThat(helper.get().getName()).startsWith(Pools.NAME);
    }
  }

  @Test
  void oneThreadIsTheCallers() {
    Executor unused =
        runnable -> {
          throw new AssertionError("used");
        };
    Thread[] ran = new Thread[10];
    Pools.within(
        Workers.over(unused, 1),
        () -> Workers.run(10, LARGE, i -> ran[i] = Thread.currentThread()));
    assertThat(ran).containsOnly(Thread.currentThread());
  }

  @Test
  void theCallerRunsAllTasksIfThePoolGivesNoThreads() {
    ExecutorService shut = Pools.fixed(1);
    shut.shutdown();
    Executor rejecting =
        runnable -> {
          throw new RejectedExecutionException();
        };
    Executor dropping = runnable -> {};
    Executor direct = Runnable::run;
    for (Executor pool : List.of(shut, rejecting, dropping, direct)) {
      Thread[] ran = new Thread[20];
      Pools.within(
          Workers.over(pool, 8),
          () -> Workers.run(20, LARGE, i -> ran[i] = Thread.currentThread()));
      assertThat(ran).containsOnly(Thread.currentThread());
    }
  }

  @Test
  void aPoolThatIsStoppedDuringACallDoesNotStopIt() {
    for (int round = 0; round < 20; round++) {
      AtomicIntegerArray runs = new AtomicIntegerArray(200);
      ExecutorService pool = Pools.fixed(3);
      Pools.within(
          Workers.over(pool, 4),
          () ->
              Workers.run(
                  LARGE,
                  new Phase(
                      100,
                      i -> {
                        runs.incrementAndGet(i);
                        if (i == 30) {
                          pool.shutdownNow(); // interrupts its threads
                        }
                      }),
                  new Phase(100, i -> runs.incrementAndGet(100 + i))));
      assertThat(counts(runs)).containsOnly(1);
      assertThat(pool.isShutdown()).isTrue();
    }
  }

  @Test
  void anExecutorThatFailsFailsTheCall() {
    IllegalStateException broken = new IllegalStateException("broken");
    Executor pool =
        runnable -> {
          throw broken;
        };
    AtomicInteger runs = new AtomicInteger();
    assertThatThrownBy(() ->
            Pools.within(
                Workers.over(pool, 2), () -> Workers.run(20, LARGE, i -> runs.incrementAndGet())))
        .isSameAs(broken);
    assertThat(runs).hasValue(0);
  }

  @Test
  void aCallFromTheOnlyThreadOfItsOwnPoolEnds() throws Exception {
    try (ExecutorService pool = Pools.fixed(1)) {
      Workers workers = Workers.over(pool, 4);
      AtomicIntegerArray runs = new AtomicIntegerArray(100);
      Future<?> call =
          pool.submit(
              () -> Pools.within(workers, () -> Workers.run(100, LARGE, runs::incrementAndGet)));
      call.get(60, SECONDS);
      assertThat(counts(runs)).containsOnly(1);
    }
  }

  @Test
  void requestsToABusyPoolDoNotAccumulate() {
    CountDownLatch end = new CountDownLatch(1);
    try (ThreadPoolExecutor pool = (ThreadPoolExecutor) Pools.fixed(1)) {
      pool.execute(() -> WorkersTest.await(end));
      Workers workers = Workers.over(pool, 4);
      Pools.within(
          workers,
          () -> {
            for (int call = 0; call < 1000; call++) {
              Workers.run(10, LARGE, i -> {});
            }
          });
      assertThat(pool.getQueue().size()).isLessThan(100);
      end.countDown();
    }
  }

  // --- callers

  @Test
  void threadsOfTheForkJoinPoolAreHelpedToo() throws Exception {
    try (ForkJoinPool callers = new ForkJoinPool(1);
        ExecutorService pool = Pools.fixed(1)) {
      Workers workers = Workers.over(pool, 2);
      Thread helper =
          callers
              .submit(() -> {
                AtomicReference<Thread> found = new AtomicReference<>();
                Pools.within(workers, () -> found.set(helperThat(() -> {})));
                return found.get();
              })
              .get(60, SECONDS);
      assertThat(helper.getName()).startsWith(Pools.NAME);
    }
  }

  @Test
  void parallelStreamsMayCall() {
    int[] sums =
        IntStream.range(0, 500)
            .parallel()
            .map(n -> {
              AtomicInteger sum = new AtomicInteger();
              Workers.run(n, LARGE, sum::addAndGet);
              return sum.get();
            })
            .toArray();
    assertThat(sums).containsExactly(IntStream.range(0, 500).map(n -> n * (n - 1) / 2).toArray());
  }

  @Test
  void aThousandVirtualThreadsMayCallAtOnce() {
    AtomicIntegerArray sums = new AtomicIntegerArray(1000);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < 1000; n++) {
        int caller = n;
        callers.execute(() ->
            Workers.run(
                LARGE,
                new Phase(caller, i -> sums.incrementAndGet(caller)),
                new Phase(caller, i -> sums.incrementAndGet(caller))));
      }
    }
    assertThat(counts(sums)).containsExactly(IntStream.range(0, 1000).map(n -> 2 * n).toArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 30})
  void callersShareThePoolWithoutMoreOfItsThreadsThanAgreed(int count) throws Exception {
    int threads = 4;
    AtomicInteger helping = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    try (ExecutorService pool = Executors.newCachedThreadPool(Pools.threads());
        ExecutorService callers = Executors.newCachedThreadPool()) {
      Workers workers = Workers.over(pool, threads);
      for (int caller = 0; caller < count; caller++) {
        callers.execute(() ->
            Pools.within(
                workers,
                () -> {
                  for (int call = 0; call < 100; call++) {
                    Workers.run(
                        12,
                        LARGE,
                        i -> {
                          boolean helps = Thread.currentThread().getName().startsWith(Pools.NAME);
                          if (helps) {
                            most.accumulateAndGet(helping.incrementAndGet(), Math::max);
                          }
                          Thread.yield();
                          done.incrementAndGet();
                          if (helps) {
                            helping.decrementAndGet();
                          }
                        });
                  }
                }));
      }
      callers.shutdown();
      assertThat(callers.awaitTermination(100, SECONDS)).isTrue();
    }
    assertThat(done).hasValue(count * 100 * 12);
    assertThat(most.get()).isLessThan(threads);
  }

  /** The thread that ran one of two tasks while the caller ran the other. */
  static Thread helperThat(Runnable work) {
    Thread caller = Thread.currentThread();
    CountDownLatch both = new CountDownLatch(2);
    AtomicReference<Thread> helper = new AtomicReference<>();
    Workers.run(
        2,
        LARGE,
        i -> {
          WorkersTest.meet(both);
          if (Thread.currentThread() != caller) {
            work.run();
            helper.set(Thread.currentThread());
          }
        });
    return helper.get();
  }
}
