/**
 * The kernels of {@code dev.heddle} on the Vector API, with the same bits; found by service
 * binding.
 */
module dev.heddle.simd {
  requires static org.jspecify;
  requires dev.heddle;
  requires jdk.incubator.vector;

  provides dev.heddle.kernel.KernelsProvider with
      dev.heddle.simd.SimdProvider;
}
