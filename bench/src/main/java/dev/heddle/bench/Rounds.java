package dev.heddle.bench;

import java.io.IOException;
import java.util.ArrayList;
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
   * Warms every engine up, then times them in rounds until the time is over, one round at least.
   *
   * @param engines with a row loaded
   * @param seconds for the rounds
   * @return the times by the engines' names, in their order
   * @throws IOException if an engine's process fails
   */
  static SequencedMap<String, Samples> run(SequencedMap<String, Engine> engines, double seconds)
      throws IOException {
    List<Runner> order = new ArrayList<>();
    SequencedMap<String, Samples> samples = new LinkedHashMap<>();
    for (Map.Entry<String, Engine> entry : engines.entrySet()) {
      Engine engine = entry.getValue();
      long callNanos = warmUp(engine, Math.min(LONGEST_WARM_UP, seconds));
      Runner runner = new Runner(engine, callNanos, new Samples());
      order.add(runner);
      samples.put(entry.getKey(), runner.samples);
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      for (Runner runner : order) {
        turn(runner);
      }
      order.addLast(order.removeFirst()); // nobody always follows the same
    } while (System.nanoTime() < end);
    return samples;
  }

  private record Runner(Engine engine, long callNanos, Samples samples) {}

  /** Returns how long a call takes, in nanoseconds. */
  private static long warmUp(Engine engine, double seconds) throws IOException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long best = Long.MAX_VALUE;
    int calls = 1;
    do {
      for (long nanos : engine.time(calls)) {
        best = Math.min(best, Math.max(1, nanos));
      }
      calls = Math.clamp(TURN_NANOS / best, 1, MOST_CALLS);
    } while (System.nanoTime() < end);
    return best;
  }

  private static void turn(Runner runner) throws IOException {
    pause();
    int counted = Math.clamp(TURN_NANOS / runner.callNanos, 1, MOST_CALLS);
    int uncounted = runner.callNanos < LONG_NANOS ? Math.max(1, counted / UNCOUNTED) : 0;
    runner.samples.add(runner.engine.time(uncounted + counted), uncounted);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
