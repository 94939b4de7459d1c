package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.kernel.KernelChoice;
import org.jspecify.annotations.Nullable;

/** Heddle itself, called as a user calls it. */
final class HeddleEngine implements Engine {
  private @Nullable Problem loaded;
  private @Nullable Array last;

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
  public long[] time(int calls) {
    Problem problem = loaded;
    if (problem == null) {
      throw new IllegalStateException("nothing is loaded");
    }
    return Engine.time(calls, () -> last = call(problem)); // kept, so that it must be computed
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
