package dev.heddle.bench;

import dev.heddle.array.Array;
import java.util.List;

/** Heddle's computation of a row, through the public API. */
interface Work {
  /** The names of the results of {@link #run}, as in {@link Outputs}. */
  List<String> names();

  /** Computes the row once. */
  List<Array> run();
}
