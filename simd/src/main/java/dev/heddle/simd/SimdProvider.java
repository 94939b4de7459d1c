package dev.heddle.simd;

import dev.heddle.kernel.Fma;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.KernelsProvider;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** Provides kernels of the vector widths that this machine supports. */
public final class SimdProvider implements KernelsProvider {
  @Override
  public List<String> names() {
    return List.of("simd128", "simd256", "simd512");
  }

  @Override
  public Kernels create(String name) {
    if (!Fma.HARDWARE) {
      throw new UnsupportedOperationException(
          "this machine has no fused multiply-add, which vectors need");
    }
    int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (preferred < 128) {
      throw new UnsupportedOperationException("this machine prefers vectors below 128 bits");
    }
    int widest = Math.min(preferred, 512);
    int bits = name.equals("auto") ? widest : Integer.parseInt(name.substring("simd".length()));
    if (bits > preferred) {
      throw new UnsupportedOperationException(
          "this machine prefers vectors of " + preferred + " bits");
    }
    Width.choose(bits);
    return new SimdKernels("simd" + bits);
  }
}
