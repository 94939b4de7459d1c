package dev.heddle.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/** The heap statistics of this JVM. */
final class Heap {
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private Heap() {}

  /** The bytes allocated by all threads since the start. */
  static long allocated() {
    return THREADS.getTotalThreadAllocatedBytes();
  }

  /** The number of garbage collections since the start. */
  static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  /** The bytes in use after a collection. */
  static long used() {
    System.gc();
    return pools().stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
  }

  /**
   * The peak number of bytes in use while an action runs, starting after a collection. Rounded up
   * to the collector's regions.
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
