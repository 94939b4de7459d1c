package dev.heddle.cli;

import java.io.IOException;
import java.io.PrintStream;

/**
 * The implementation of {@code heddle bench}, found as a service: it is not part of the command
 * line, since its peers are hundreds of megabytes. The launcher adds it to the class path.
 */
public interface Benchmark {
  /**
   * Measures, prints a table and writes the requested files.
   *
   * @param request what to measure, with valid names
   * @param out standard output
   * @throws IOException if a file cannot be written
   */
  void run(BenchRequest request, PrintStream out) throws IOException;

  /**
   * Measures every public array operation and writes a page.
   *
   * @param out standard output, for the names of the operations as they are measured
   * @throws IOException if the page cannot be written
   */
  void run(OperationsRequest request, PrintStream out) throws IOException;
}
