package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.ParallelFor;
import dev.heddle.kernel.UnaryFunction;

/** Fused derivatives of the common activations; they are not differentiable themselves. */
final class ActivationGradient {
  private static final int RELU_COST = 24;
  private static final int GELU_COST = 200;

  private ActivationGradient() {}

  static boolean has(UnaryFunction function, DType dtype) {
    return dtype != DType.FLOAT64
        && switch (function) {
          case RELU, GELU, GELU_TANH -> true;
          default -> false;
        };
  }

  /** The cotangent times the derivative at x, in float32, rounded once to x's type. */
  static Array times(UnaryFunction function, Array x, Array cotangent) {
    Kernels kernels = KernelChoice.current().kernels();
    float[] in = x.storage().floats();
    float[] g = cotangent.storage().floats();
    float[] out = new float[in.length];
    int cost = function == UnaryFunction.RELU ? RELU_COST : GELU_COST;
    ParallelFor.run(
        in.length,
        cost,
        (from, n) -> {
          switch (function) {
            case RELU -> kernels.reluDerivative(in, g, out, from, n);
            case GELU -> kernels.geluExactDerivative(in, g, out, from, n);
            default -> kernels.geluDerivative(in, g, out, from, n);
          }
        });
    return Array.wrap(Storage.ofFloats(x.dtype(), out), x.shape());
  }
}
