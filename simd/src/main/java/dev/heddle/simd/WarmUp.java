package dev.heddle.simd;

import dev.heddle.kernel.UnaryFunction;
import java.util.Arrays;

/**
 * The progress of the warm-up of each loop over elements. Vector code is very slow until the JIT
 * compiler has compiled it, so the first elements are computed by the scalar loops; a short program
 * computes nothing else.
 */
final class WarmUp {
  static final int FROM_BFLOAT16 = 0;
  static final int TO_BFLOAT16 = 1;
  static final int TO_FLOAT16 = 2;
  static final int ROUND = 3;
  static final int SUM = 4;
  static final int MAX = 5;
  static final int NORMALIZE = 6;
  static final int TRANSPOSE = 7;
  static final int SQUARES = 8;
  static final int ADD_ROWS = 9;
  static final int NORM_DERIVATIVE = 10;
  static final int NORM_SCALE = 11;
  static final int RELU_DERIVATIVE = 12;
  static final int GELU_DERIVATIVE = 13;
  static final int FUNCTIONS = 14;

  /** Number of elements that are computed by the scalar loops first. */
  static final int COLD_ELEMENTS = 1 << 21;

  private final int[] done =
      new int[FUNCTIONS + UnaryFunction.values().length]; // approximate, because of races

  /** Whether the warm-up of a loop has ended; counts these elements. */
  boolean isWarm(int loop, int elements) {
    int before = done[loop];
    if (before >= COLD_ELEMENTS) {
      return true;
    }
    done[loop] = before + Math.min(elements, COLD_ELEMENTS);
    return false;
  }

  /** Ends the warm-up of all loops, for tests that compare vectors from the first call. */
  void end() {
    Arrays.fill(done, COLD_ELEMENTS);
  }

  /** Whether the warm-up of all loops has ended. */
  boolean isOver() {
    return Arrays.stream(done).allMatch(elements -> elements >= COLD_ELEMENTS);
  }
}
