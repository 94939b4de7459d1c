package dev.heddle.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Times engines in turn, so that whatever else the machine does meets all of them alike.
 *
 * <p>A turn begins with a pause: the threads of the engine before spin for some milliseconds after
 * its last call (ONNX Runtime's, OpenMP's), on the cores that the next one needs. Then come calls
 * for about {@value #TURN_NANOS} nanoseconds, at least one; the first of them are not counted,
 * since they find the caches full of the other engine's numbers, except where a call is so long
 * that this does not matter.
 */
final class Rounds {
  private static final long PAUSE_MILLIS = 40;
  private static final long TURN_NANOS = 60_000_000;
  private static final long LONG_NANOS = 200_000_000;
  private static final int MOST_CALLS = 200;

  /** Of the calls of a turn, one in so many is not counted, and at least one. */
  private static final int UNCOUNTED = 10;

  /** Java needs some seconds until its compiler is done; the others get as much. */
  private static final double LONGEST_WARM_UP = 4;

  private Rounds() {}

  /**
   * What came of it, by the engines' names, in their order.
   *
   * @param samples the times of those that ran to the end
   * @param failures why the others did not
   */
  record Outcome(SequencedMap<String, Samples> samples, SequencedMap<String, String> failures) {}

  /**
   * Warms every engine up, then times them in rounds until the time is over, one round at least. An
   * engine that fails has no further turns.
   *
   * @param engines with a row loaded
   * @param seconds for the rounds
   * @throws InterruptedIOException if this thread is interrupted
   */
  static Outcome run(SequencedMap<String, Engine> engines, double seconds)
      throws InterruptedIOException {
    List<Runner> order = new ArrayList<>();
    engines.forEach((name, engine) -> order.add(new Runner(name, engine)));
    SequencedMap<String, String> failures = new LinkedHashMap<>();
    each(order, failures, runner -> runner.warmUp(Math.min(LONGEST_WARM_UP, seconds)));
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      each(order, failures, Runner::turn);
      if (!order.isEmpty()) {
        order.addLast(order.removeFirst()); // nobody always follows the same
      }
    } while (!order.isEmpty() && System.nanoTime() < end);
    SequencedMap<String, Samples> samples = new LinkedHashMap<>();
    for (String name : engines.keySet()) {
      order.stream()
          .filter(runner -> runner.name.equals(name))
          .forEach(runner -> samples.put(name, runner.samples));
    }
    return new Outcome(samples, failures);
  }

  /** Something that an engine does; it ends the engine's part where it fails. */
  private interface Step {
    void of(Runner runner) throws IOException;
  }

  private static void each(List<Runner> order, Map<String, String> failures, Step step)
      throws InterruptedIOException {
    for (Iterator<Runner> runners = order.iterator(); runners.hasNext(); ) {
      Runner runner = runners.next();
      try {
        step.of(runner);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException | OutOfMemoryError e) {
        failures.put(runner.name, Text.reason(e));
        runners.remove();
      }
    }
  }

  private static final class Runner {
    final String name;
    final Samples samples = new Samples();
    private final Engine engine;
    private long callNanos = Long.MAX_VALUE;

    Runner(String name, Engine engine) {
      this.name = name;
      this.engine = engine;
    }

    /** Finds out how long a call takes. */
    void warmUp(double seconds) throws IOException {
      long end = System.nanoTime() + (long) (seconds * 1e9);
      int calls = 1;
      do {
        for (long nanos : engine.time(calls)) {
          callNanos = Math.min(callNanos, Math.max(1, nanos));
        }
        calls = Math.clamp(TURN_NANOS / callNanos, 1, MOST_CALLS);
      } while (System.nanoTime() < end);
      engine.warm();
    }

    void turn() throws IOException {
      pause();
      int counted = Math.clamp(TURN_NANOS / callNanos, 1, MOST_CALLS);
      int uncounted = callNanos < LONG_NANOS ? Math.max(1, counted / UNCOUNTED) : 0;
      samples.add(engine.time(uncounted + counted), uncounted);
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
