package dev.heddle.kernel;

/**
 * What the derivative of one head starts from, in float64. Letters as in {@code linen}: Q queries,
 * V columns of a value.
 *
 * @param head the operands of the forward pass
 * @param outputs {@code [Q, V]}, what {@link Kernels#attend(AttentionHead64, int, int,
 *     MatrixView64, double[], double[])} gave, rounded as it was given on
 * @param cotangents {@code [Q, V]}, the derivative of the loss by the outputs
 * @param maxima the final {@code m} of query {@code i} at {@code offset + i}
 * @param sums the final {@code l} likewise
 * @param offset where query 0 is in both
 */
public record AttentionBackwardInputs64(
    AttentionHead64 head,
    MatrixView64 outputs,
    MatrixView64 cotangents,
    double[] maxima,
    double[] sums,
    int offset) {}
