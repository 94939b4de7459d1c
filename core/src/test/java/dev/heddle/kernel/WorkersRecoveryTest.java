package dev.heddle.kernel;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After an error, or a request that an executor discarded, all threads take part again. */
@Timeout(120)
class WorkersRecoveryTest {
  private static final long LARGE = Long.MAX_VALUE;
  private static final int THREADS = 4;
  private static final int STACK = 256 << 10;

  // --- stack overflow

  @Test
  void callsDuringAStackOverflowLoseNoThread() {
    try (ExecutorService pool = Pools.fixed(THREADS - 1)) {
      Workers workers = Workers.over(pool, THREADS);
      Pools.within(workers, WorkersRecoveryTest::allTakePart);
      AtomicInteger calls = new AtomicInteger();
      AtomicInteger overflows = new AtomicInteger();
      for (int round = 0; round < 10; round++) {
        onAThread(() ->
            Pools.within(
                workers,
                () ->
                    unwind(
                        0,
                        () -> {
                          overflows.incrementAndGet();
                          Workers.run(8, LARGE, i -> calls.incrementAndGet());
                          overflows.decrementAndGet();
                        })));
      }
      assertThat(overflows.get()).as("calls that met the end of the stack").isPositive();
      assertThat(calls.get()).as("tasks of calls that had room").isPositive();

      Pools.within(workers, WorkersRecoveryTest::allTakePart);
    }
  }

  /** Every other pool thread starts with almost no stack left. */
  @Test
  void aWorkerWithAStackOverflowIsReplacedAndItsCallerThrows() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger deep = new AtomicInteger();
    List<Thread> deepThreads = new CopyOnWriteArrayList<>();
    AtomicBoolean mayBeDeep = new AtomicBoolean(true);
    Executor pool =
        helper -> {
          if (mayBeDeep.get() && asked.incrementAndGet() % 2 == 0) {
            Runnable counted =
                () -> {
                  deep.incrementAndGet();
                  helper.run();
                };
            Thread ending = new Thread(null, () -> unwind(0, counted), "deep", STACK);
            deepThreads.add(ending);
            ending.start();
          } else {
            Thread.ofPlatform().daemon().name(Pools.NAME).start(helper);
          }
        };
    Workers workers = Workers.over(pool, THREADS);
    AtomicInteger running = new AtomicInteger();
    Pools.within(
        workers,
        () -> {
          for (int call = 0; call < 200; call++) {
            try {
              Workers.run(200, LARGE, i -> briefly(running));
            } catch (StackOverflowError e) {
              assertThat(running).as("after the error of a helper").hasValue(0);
            }
          }
          mayBeDeep.set(false);
          deepThreads.forEach(WorkersRecoveryTest::join);
          allTakePart();
        });
    assertThat(deep.get()).isPositive();
  }

  /** Runs an action repeatedly while the stack unwinds after an overflow. */
  @SuppressWarnings("InfiniteRecursion")
  private static void unwind(int depth, Runnable work) {
    try {
      unwind(depth + 1, work);
    } catch (StackOverflowError e) {
      if (depth % 3 == 0) { // not in each frame, to save time
        work.run();
      }
      if (depth > 200) {
        throw e;
      }
    }
  }

  private static void briefly(AtomicInteger running) {
    boolean counts = Thread.currentThread().getName().equals(Pools.NAME);
    running.addAndGet(counts ? 1 : 0);
    for (int i = 0; i < 1000; i++) {
      Thread.onSpinWait();
    }
    running.addAndGet(counts ? -1 : 0);
  }

  // --- out of memory

  /** A program whose tasks repeatedly exhaust the memory. */
  public static void main(String[] args) {
    for (int call = 0; call < 100; call++) {
      try {
        Workers.run(
            64,
            LARGE,
            i -> {
              List<long[]> held = new ArrayList<>();
              while (true) {
                held.add(new long[1 << (8 + i % 8)]);
              }
            });
      } catch (OutOfMemoryError e) {
        continue;
      }
      throw new AssertionError("memory did not end");
    }
    allTakePart();
    System.out.println("done");
  }

  @Test
  void anOutOfMemoryErrorIsThrownByTheCallerAndNothingIsPrinted() throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx32m", "-XX:+UseSerialGC", "-Dheddle.threads=" + THREADS, "-cp"));
    List<String> places = new ArrayList<>();
    for (Class<?> one :
        List.of(Workers.class, WorkersRecoveryTest.class, Test.class, Assertions.class)) {
      URI place = one.getProtectionDomain().getCodeSource().getLocation().toURI();
      places.add(Path.of(place).toString());
    }
    words.add(String.join(File.pathSeparator, places));
    words.add(WorkersRecoveryTest.class.getName());
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said.strip()).isEqualTo("done");
  }

  // --- executors that discard tasks, or run them on the calling thread

  @Test
  void discardedRequestsAreRepeated() {
    for (int discarded : new int[] {1, 2, 10}) {
      try (ExecutorService pool = Pools.fixed(1)) {
        AtomicInteger asked = new AtomicInteger();
        Executor forgetful =
            task -> {
              if (asked.incrementAndGet() > discarded) {
                pool.execute(task);
              }
            };
        Pools.within(
            Workers.over(forgetful, 2),
            () -> {
              for (int call = 0; asked.get() <= discarded; call++) {
                assertThat(call).as("calls, %d discarded", discarded).isLessThan(4 << discarded);
                Workers.run(2, LARGE, i -> {});
              }
              WorkersPoolTest.helperThat(() -> {});
            });
      }
    }
  }

  @Test
  void aCallerThatIsDoneRunsNoTaskOfOthers() throws Exception {
    CountDownLatch firstIsHere = new CountDownLatch(1);
    CountDownLatch secondIsHere = new CountDownLatch(1);
    CountDownLatch firstIsBack = new CountDownLatch(1);
    List<Thread> ranSeconds = new CopyOnWriteArrayList<>();
    Workers workers = Workers.over(Runnable::run, 2); // the executor runs tasks on callers' threads
    try (ExecutorService callers = Executors.newCachedThreadPool()) {
      Future<Thread> first =
          callers.submit(() -> {
            Pools.within(
                workers,
                () ->
                    Workers.run(
                        2,
                        LARGE,
                        i -> {
                          firstIsHere.countDown();
                          WorkersTest.await(secondIsHere);
                        }));
            firstIsBack.countDown();
            return Thread.currentThread();
          });
      WorkersTest.await(firstIsHere);
      Future<?> second =
          callers.submit(() ->
              Pools.within(
                  workers,
                  () ->
                      Workers.run(
                          10,
                          LARGE,
                          i -> {
                            ranSeconds.add(Thread.currentThread());
                            secondIsHere.countDown();
                            WorkersTest.await(firstIsBack);
                          })));
      second.get(60, SECONDS);
      assertThat(ranSeconds).hasSize(10).doesNotContain(first.get(60, SECONDS));
    }
  }

  @Test
  void aCallerThatIsDoneRequestsAWorkerForOthers() throws Exception {
    CountDownLatch firstIsHere = new CountDownLatch(1);
    CountDownLatch firstMayEnd = new CountDownLatch(1);
    CountDownLatch secondIsHere = new CountDownLatch(1);
    CountDownLatch secondMayEnd = new CountDownLatch(1);
    List<Runnable> asked = new CopyOnWriteArrayList<>();
    Workers workers = Workers.over(asked::add, 2);
    try (ExecutorService callers = Executors.newCachedThreadPool()) {
      Future<?> first = callers.submit(() -> call(workers, firstIsHere, firstMayEnd));
      WorkersTest.await(firstIsHere);
      assertThat(asked).as("one caller of two threads asks").hasSize(1);
      Future<?> second = callers.submit(() -> call(workers, secondIsHere, secondMayEnd));
      WorkersTest.await(secondIsHere);
      asked.getFirst().run();
      assertThat(asked).as("with two callers no helper is allowed, and it left").hasSize(1);

      firstMayEnd.countDown();
      first.get(60, SECONDS);
      assertThat(asked).as("a caller that leaves requests a worker for the other").hasSize(2);

      secondMayEnd.countDown();
      second.get(60, SECONDS);
    }
  }

  private static void call(Workers workers, CountDownLatch isHere, CountDownLatch mayEnd) {
    Pools.within(
        workers,
        () ->
            Workers.run(
                10,
                LARGE,
                i -> {
                  isHere.countDown();
                  WorkersTest.await(mayEnd);
                }));
  }

  // --- support

  /** Each thread runs one task and waits for the others, so fewer threads would not complete. */
  private static void allTakePart() {
    CountDownLatch all = new CountDownLatch(THREADS);
    Workers.run(THREADS, LARGE, i -> WorkersTest.meet(all));
  }

  private static void onAThread(Runnable work) {
    Thread thread = new Thread(null, work, "caller", STACK);
    thread.start();
    join(thread);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
