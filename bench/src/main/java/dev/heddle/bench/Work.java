package dev.heddle.bench;

import dev.heddle.array.Array;
import java.util.List;

/** What Heddle computes in a row, called as a user calls it. */
interface Work {
  /** The names of what {@link #run} gives, as {@link Outputs} has them. */
  List<String> names();

  /** Computes once. */
  List<Array> run();
}
