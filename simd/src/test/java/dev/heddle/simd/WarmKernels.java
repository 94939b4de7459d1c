package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.Kernels;

/** Kernels past what runs scalar at first, so that it is vectors whose bits are compared. */
public final class WarmKernels {
  private WarmKernels() {}

  /** Ends the first phase of SIMD kernels, in products, attention and all loops over elements. */
  public static Kernels of(Kernels kernels) {
    assertThat(kernels).isInstanceOf(SimdKernels.class);
    SimdKernels simd = (SimdKernels) kernels;
    simd.endColdCalls();
    simd.warmth.end();
    assertThat(simd.areColdCallsOver() && simd.warmth.isOver()).isTrue();
    return simd;
  }

  /** The same of products and attention alone, for JVMs that interpret. */
  public static Kernels ofCalls(Kernels kernels) {
    SimdKernels simd = (SimdKernels) kernels;
    simd.endColdCalls();
    assertThat(simd.areColdCallsOver()).isTrue();
    return simd;
  }

  /** Whether these are SIMD kernels that run no call scalar any more. */
  public static boolean areVectors(Kernels kernels) {
    return kernels instanceof SimdKernels simd && simd.areColdCallsOver();
  }
}
