package dev.heddle.bench;

import dev.heddle.array.DType;

/**
 * How fast an operation ran.
 *
 * @param side rows and columns of its input
 * @param backward whether it is the pullback that ran
 * @param rate GB/s of inputs and output; GF/s of products
 */
record OperationResult(Operation operation, DType dtype, int side, boolean backward, double rate) {
  boolean isSmall() {
    return side == OperationBench.SMALL;
  }
}
