package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.kernel.KernelChoice;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Heddle, called through its public API in this JVM; measures allocation. */
final class HeddleEngine implements Engine {
  private @Nullable Work loaded;
  private @Nullable List<Array> last;
  private long calls;
  private long allocated;
  private long collections;

  @Override
  public String version() {
    return "Heddle %s, %s kernels"
        .formatted(Machine.version(), KernelChoice.current().kernels().name());
  }

  @Override
  public Outputs load(Problem problem) {
    Work work = problem.work();
    loaded = work;
    List<Array> arrays = work.run();
    for (int call = 1; call < problem.row().comparedCalls(); call++) {
      arrays = work.run();
    }
    return Outputs.of(work.names(), arrays);
  }

  @Override
  public void warm() {
    calls = 0;
    allocated = 0;
    collections = 0;
  }

  @Override
  public long[] time(int count) {
    Work work = loaded();
    long allocatedBefore = Heap.allocated();
    long collectionsBefore = Heap.collections();
    long[] nanos =
        Engine.time(
            count,
            () ->
                last =
                    work.run()); // stored, so that the JIT compiler cannot remove the computation
    allocated += Heap.allocated() - allocatedBefore;
    collections += Heap.collections() - collectionsBefore;
    calls += count;
    return nanos;
  }

  /**
   * The memory of the calls since {@link #warm}; makes one more call.
   *
   * @param usedBefore the heap in use before the row was loaded, including the row's data
   */
  Memory memory(long usedBefore) {
    Work work = loaded();
    last = null;
    long peak = Heap.peak(() -> last = work.run());
    long outputBytes =
        Objects.requireNonNull(last).stream()
            .mapToLong(array -> (long) array.size() * array.dtype().itemSize())
            .sum();
    return new Memory(
        allocated / Math.max(1, calls), outputBytes, Math.max(0, peak - usedBefore), collections);
  }

  private Work loaded() {
    Work work = loaded;
    if (work == null) {
      throw new IllegalStateException("nothing is loaded");
    }
    return work;
  }

  @Override
  public void close() {
    loaded = null;
    last = null;
  }
}
