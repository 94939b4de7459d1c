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
 * Measures engines in turn, so that other load on the machine affects all of them equally.
 *
 * <p>A turn begins with a pause, since the threads of the previous engine (of ONNX Runtime, OpenMP)
 * spin for some milliseconds after its last call on the processors that the next engine needs.
 * Calls follow for about {@value #TURN_NANOS} nanoseconds, at least one; the first of them are not
 * counted, since the caches hold the other engine's data, except where a call is so long that this
 * does not matter.
 */
final class Rounds {
  private static final long PAUSE_MILLIS = 40;
  private static final long TURN_NANOS = 60_000_000;
  private static final long LONG_NANOS = 200_000_000;
  private static final int MAX_CALLS = 200;

  /** One of this many calls of a turn is not counted, at least one. */
  private static final int UNCOUNTED = 10;

  /** The maximum warm-up in seconds, enough for the JIT compiler; the same for all engines. */
  private static final double MAX_WARM_UP = 4;

  private Rounds() {}

  /**
   * The results by engine.
   *
   * @param samples the times of the engines that did not fail
   * @param failures the reasons of the others
   */
  record Outcome(SequencedMap<String, Samples> samples, SequencedMap<String, String> failures) {}

  /**
   * Warms up every engine, then measures them in rounds until the time is over, at least one round.
   * An engine that fails is skipped from then on.
   *
   * @param engines with a row loaded
   * @param seconds the duration of the rounds
   * @throws InterruptedIOException if this thread is interrupted
   */
  static Outcome run(SequencedMap<String, Engine> engines, double seconds)
      throws InterruptedIOException {
    List<Runner> order = new ArrayList<>();
    engines.forEach((name, engine) -> order.add(new Runner(name, engine)));
    SequencedMap<String, String> failures = new LinkedHashMap<>();
    each(order, failures, runner -> runner.warmUp(Math.min(MAX_WARM_UP, seconds)));
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      each(order, failures, Runner::turn);
      if (!order.isEmpty()) {
        order.addLast(order.removeFirst()); // rotates the order
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

  /** An action of an engine; if it fails, the engine is skipped from then on. */
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

    /** Estimates the duration of a call. */
    void warmUp(double seconds) throws IOException {
      long end = System.nanoTime() + (long) (seconds * 1e9);
      int calls = 1;
      do {
        for (long nanos : engine.time(calls)) {
          callNanos = Math.min(callNanos, Math.max(1, nanos));
        }
        calls = Math.clamp(TURN_NANOS / callNanos, 1, MAX_CALLS);
      } while (System.nanoTime() < end);
      engine.warm();
    }

    void turn() throws IOException {
      pause();
      int counted = Math.clamp(TURN_NANOS / callNanos, 1, MAX_CALLS);
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
