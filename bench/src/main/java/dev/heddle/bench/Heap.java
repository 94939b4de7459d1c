package dev.heddle.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/** The heap of this JVM, as the JVM counts it. */
final class Heap {
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private Heap() {}

  /** Bytes that all threads have allocated since the start. */
  static long allocated() {
    return THREADS.getTotalThreadAllocatedBytes();
  }

  /** How often a collector has run since the start. */
  static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  /** Bytes in use after a collection. */
  static long used() {
    System.gc();
    return pools().stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
  }

  /**
   * Bytes in use at most while something runs, after a collection. To within the regions by which
   * the collector counts, and not below what is true.
   */
  static long peak(Runnable something) {
    System.gc();
    pools().forEach(MemoryPoolMXBean::resetPeakUsage);
    something.run();
    return pools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }

  private static List<MemoryPoolMXBean> pools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }
}
