package dev.heddle.bench;

import java.io.IOException;

/** An implementation that computes rows; used by one thread, one row at a time. */
public interface Engine extends AutoCloseable {
  /** Its name and version: {@code ONNX Runtime 1.29.0}. */
  String version();

  /**
   * Loads a row's parameters and inputs, replacing the previous row's, and computes it {@link
   * Row#comparedCalls} times.
   *
   * @return the results of the last call, by the names that Heddle uses
   * @throws UnavailableException if it cannot compute this row in this dtype
   * @throws IOException if exchanging files with the process, or the process, fails
   */
  Outputs load(Problem problem) throws UnavailableException, IOException;

  /**
   * The selected implementation of the loaded row, where the engine has several, such as {@code
   * MultiHeadAttention}; else empty.
   */
  default String form() {
    return "";
  }

  /** Called after the warm-up; the following calls are measured. */
  default void warm() {}

  /**
   * Computes the loaded row several times in sequence.
   *
   * @param calls the number of calls
   * @return the duration of each call in nanoseconds, measured by the caller
   * @throws IOException if the process of the engine fails
   */
  long[] time(int calls) throws IOException;

  @Override
  void close();

  /**
   * Times calls in this JVM.
   *
   * @param calls the number of calls
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
