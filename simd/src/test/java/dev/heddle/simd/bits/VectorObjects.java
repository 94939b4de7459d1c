package dev.heddle.simd.bits;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/** Counts objects of the Vector API in the heap, including unreachable ones. */
final class VectorObjects {
  private static final int CALLS = 3;

  private VectorObjects() {}

  /**
   * The number of vectors that a call allocates; {@code Long.MAX_VALUE} if a garbage collection
   * intervened.
   */
  static long madeBy(Runnable call) {
    long collections = collections();
    long before = count();
    for (int i = 0; i < CALLS; i++) {
      call.run();
    }
    long made = count() - before;
    return collections() == collections ? made : Long.MAX_VALUE;
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  /** The second word of {@code 12: 34 1088 jdk.incubator.vector.Float512Vector (MODULE)}. */
  private static long count() {
    return Jit.command("gcClassHistogram", "-all")
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length > 3 && words[3].startsWith("jdk.incubator.vector."))
        .mapToLong(words -> Long.parseLong(words[1]))
        .sum();
  }
}
