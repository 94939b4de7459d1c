package dev.heddle.simd;

import dev.heddle.kernel.Kernels;

/** Kernels past what runs scalar at first, so that it is vectors whose bits are compared. */
public final class WarmKernels {
  private WarmKernels() {}

  /**
   * Ends the first phase of SIMD kernels, in products, attention and all loops over elements.
   *
   * @throws IllegalStateException if these are no SIMD kernels, or still run scalar
   */
  public static Kernels of(Kernels kernels) {
    SimdKernels simd = (SimdKernels) ofCalls(kernels);
    simd.warmUp.end();
    require(simd.warmUp.isOver(), kernels);
    return simd;
  }

  /** The same of products and attention alone, for JVMs that interpret. */
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
