package dev.heddle.simd;

import dev.heddle.kernel.UnaryFunction;
import java.util.Arrays;

/**
 * How much each loop over elements has done. Vector code is slow until the JIT compiler has made
 * machine code of it, slower than what a program that computes a little needs for all of it: so the
 * first elements go through the plain loops.
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

  /** Elements that go through the plain loops first. */
  static final int COLD = 1 << 21;

  private final int[] done = new int[FUNCTIONS + UnaryFunction.values().length]; // roughly: races

  /** Whether a loop has done enough before; counts the elements that it is to do now. */
  boolean isWarm(int loop, int elements) {
    int before = done[loop];
    if (before >= COLD) {
      return true;
    }
    done[loop] = before + Math.min(elements, COLD);
    return false;
  }

  /** Ends the plain loops' turn for all: tests compare vectors from the first call on. */
  void end() {
    Arrays.fill(done, COLD);
  }

  /** Whether no loop has plain elements left to do. */
  boolean isOver() {
    return Arrays.stream(done).allMatch(elements -> elements >= COLD);
  }
}
