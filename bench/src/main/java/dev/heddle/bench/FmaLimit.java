package dev.heddle.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Measures the peak of this machine's multiply-add units: independent chains of float32 vectors in
 * registers, without memory accesses, on several threads.
 */
public final class FmaLimit {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** More than latency times units of current processors, few enough for sixteen registers. */
  private static final int CHAINS = 10;

  private static final int STEPS = 1 << 13;

  /** The minimum number of calls, after which the loop is compiled. */
  private static final int MIN_CALLS = 2000;

  /** The maximum duration, where compiled code is slow or the loop is not compiled. */
  private static final double MAX_SECONDS = 10;

  private FmaLimit() {}

  /**
   * Measures the peak.
   *
   * @param threads the number of threads
   * @param seconds the minimum duration
   * @return 10^9 floating-point operations per second, the sum of the best results of all threads
   */
  static double gflops(int threads, double seconds) {
    Callable<Double> task = () -> best(seconds);
    List<Future<Double>> running = new ArrayList<>();
    double sum = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(task));
      }
      for (Future<Double> one : running) {
        sum += one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return sum;
  }

  private static double best(double seconds) {
    double best = 0;
    int calls = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long latest = end + (long) (MAX_SECONDS * 1e9);
    do {
      long start = System.nanoTime();
      float sum = chains();
      long nanos = System.nanoTime() - start;
      if (Float.isNaN(sum)) { // never true; uses the sum
        throw new AssertionError();
      }
      best = Math.max(best, flopsOfChains() / nanos);
      calls++;
    } while (System.nanoTime() < end || (calls < MIN_CALLS && System.nanoTime() < latest));
    return best;
  }

  /** The floating point operations of {@link #chains}. */
  public static double flopsOfChains() {
    return 2.0 * CHAINS * STEPS * SPECIES.length();
  }

  /** Computes all chains once, on the calling thread. */
  public static float chains() {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector y = FloatVector.broadcast(SPECIES, 0.001f);
    FloatVector a = y;
    FloatVector b = x;
    FloatVector c = y.add(1);
    FloatVector d = y.add(2);
    FloatVector e = y.add(3);
    FloatVector f = y.add(4);
    FloatVector g = y.add(5);
    FloatVector h = y.add(6);
    FloatVector i = y.add(7);
    FloatVector j = y.add(8);
    for (int step = 0; step < STEPS; step++) {
      a = a.fma(x, y);
      b = b.fma(x, y);
      c = c.fma(x, y);
      d = d.fma(x, y);
      e = e.fma(x, y);
      f = f.fma(x, y);
      g = g.fma(x, y);
      h = h.fma(x, y);
      i = i.fma(x, y);
      j = j.fma(x, y);
    }
    FloatVector left = a.add(b).add(c).add(d).add(e);
    return left.add(f).add(g).add(h).add(i).add(j).lane(0);
  }
}
