package dev.heddle.kernel;

/**
 * The specification fulfils its own contract: split rows, single rows, no writes outside the range.
 */
class ScalarKernelsTest extends KernelsContract {
  @Override
  protected Kernels kernels() {
    return new ScalarKernels();
  }
}
