package dev.heddle.bench;

import dev.heddle.array.DType;

/**
 * The speed of an operation.
 *
 * @param side the number of rows and columns of its input
 * @param backward whether the pullback was measured
 * @param rate GB/s of inputs and output; GF/s of products
 */
record OperationResult(Operation operation, DType dtype, int side, boolean backward, double rate) {
  boolean isSmall() {
    return side == OperationBench.SMALL;
  }
}
