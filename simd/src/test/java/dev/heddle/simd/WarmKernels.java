package dev.heddle.simd;

import dev.heddle.kernel.Kernels;

/** Kernels after their warm-up, so that tests compare the bits of vector code. */
public final class WarmKernels {
  private WarmKernels() {}

  /**
   * Ends the warm-up of SIMD kernels, in products, attention and all loops over elements.
   *
   * @throws IllegalStateException if these are no SIMD kernels, or still run scalar
   */
  public static Kernels of(Kernels kernels) {
    SimdKernels simd = (SimdKernels) ofCalls(kernels);
    simd.warmUp.end();
    require(simd.warmUp.isOver(), kernels);
    return simd;
  }

  /** Ends the warm-up of products and attention only, for JVMs that interpret. */
  public static Kernels ofCalls(Kernels kernels) {
    if (!(kernels instanceof SimdKernels simd)) {
      throw new IllegalStateException("expected SIMD kernels, got " + kernels.name());
    }
    simd.endColdCalls();
    require(simd.areColdCallsOver(), kernels);
    return simd;
  }

  private static void require(boolean vectors, Kernels kernels) {
    if (!vectors) {
      throw new IllegalStateException("expected vectors, got scalar code of " + kernels.name());
    }
  }
}
