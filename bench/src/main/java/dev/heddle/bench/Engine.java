package dev.heddle.bench;

import java.io.IOException;

/** Something that computes rows; used by one thread, a row at a time. */
public interface Engine extends AutoCloseable {
  /** What it is, with its version: {@code ONNX Runtime 1.29.0}. */
  String version();

  /**
   * Takes a row's parameters and inputs, in place of those it had, and computes it once, steps of
   * training as often as {@link Row#comparedCalls} says.
   *
   * @return what Heddle gives in the row, by the same names, of the last time
   * @throws UnavailableException if it cannot compute this row in this type
   * @throws IOException if files between processes, or the process, fail
   */
  Outputs load(Problem problem) throws UnavailableException, IOException;

  /**
   * The way in which it computes the loaded row, where it chose among several: {@code
   * MultiHeadAttention}; else empty.
   */
  default String form() {
    return "";
  }

  /** Called when warm-up is over: the calls that follow are counted. */
  default void warm() {}

  /**
   * Computes what was loaded several times, one call after another.
   *
   * @param calls how often
   * @return the nanoseconds of each call, as seen by its caller
   * @throws IOException if the process of the engine fails
   */
  long[] time(int calls) throws IOException;

  @Override
  void close();

  /**
   * Times calls in this JVM.
   *
   * @param calls how often
   * @param call computes once
   */
  static long[] time(int calls, Runnable call) {
    long[] nanos = new long[calls];
    for (int i = 0; i < calls; i++) {
      long start = System.nanoTime();
      call.run();
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }
}
