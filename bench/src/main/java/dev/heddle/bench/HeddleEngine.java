package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.kernel.KernelChoice;
import org.jspecify.annotations.Nullable;

/** Heddle itself, called as a user calls it, in this JVM; counts what its calls allocate. */
final class HeddleEngine implements Engine {
  private @Nullable Problem loaded;
  private @Nullable Array last;
  private long calls;
  private long allocated;
  private long collections;

  @Override
  public String version() {
    return "Heddle %s, %s kernels"
        .formatted(Machine.version(), KernelChoice.current().kernels().name());
  }

  @Override
  public float[] load(Problem problem) {
    loaded = problem;
    return call(problem).toFloatArray();
  }

  @Override
  public void warm() {
    calls = 0;
    allocated = 0;
    collections = 0;
  }

  @Override
  public long[] time(int count) {
    Problem problem = loaded();
    long allocatedBefore = Heap.allocated();
    long collectionsBefore = Heap.collections();
    long[] nanos =
        Engine.time(count, () -> last = call(problem)); // kept, so that it must be computed
    allocated += Heap.allocated() - allocatedBefore;
    collections += Heap.collections() - collectionsBefore;
    calls += count;
    return nanos;
  }

  /**
   * What the calls since {@link #warm} cost in memory; makes another one.
   *
   * @param usedBefore the heap in use before the row was loaded, the row's numbers included
   */
  Memory memory(long usedBefore) {
    Problem problem = loaded();
    last = null;
    long peak = Heap.peak(() -> last = call(problem));
    long outputBytes = (long) problem.inputs().inputsQ().size() * problem.dtype().itemSize();
    return new Memory(
        allocated / Math.max(1, calls), outputBytes, Math.max(0, peak - usedBefore), collections);
  }

  private Problem loaded() {
    Problem problem = loaded;
    if (problem == null) {
      throw new IllegalStateException("nothing is loaded");
    }
    return problem;
  }

  private static Array call(Problem problem) {
    return problem.attention().apply(problem.variables(), problem.inputs());
  }

  @Override
  public void close() {
    loaded = null;
    last = null;
  }
}
