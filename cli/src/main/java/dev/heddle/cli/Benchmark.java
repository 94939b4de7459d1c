package dev.heddle.cli;

import java.io.IOException;
import java.io.PrintStream;

/**
 * What {@code heddle bench} runs, found as a service: the benchmark is no part of the command line,
 * since its peers are hundreds of megabytes. The launcher puts it on the class path.
 */
public interface Benchmark {
  /**
   * Measures, prints a table and writes the files that were asked for.
   *
   * @param request what to measure; its names are known ones
   * @param out standard output
   * @throws IOException if a file cannot be written
   */
  void run(BenchRequest request, PrintStream out) throws IOException;

  /**
   * Measures every public operation on arrays and writes a page.
   *
   * @param out standard output, for the names of the operations as they are measured
   * @throws IOException if the page cannot be written
   */
  void run(OperationsRequest request, PrintStream out) throws IOException;
}
