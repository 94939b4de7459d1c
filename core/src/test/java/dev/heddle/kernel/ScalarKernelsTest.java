package dev.heddle.kernel;

/** The specification keeps its own contract: rows in parts and alone, nothing outside. */
class ScalarKernelsTest extends KernelsContract {
  @Override
  protected Kernels kernels() {
    return new ScalarKernels();
  }
}
