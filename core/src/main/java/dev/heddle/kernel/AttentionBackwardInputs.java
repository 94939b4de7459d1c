package dev.heddle.kernel;

/**
 * What the derivative of one head starts from, in float32. Letters as in {@code linen}: Q queries,
 * V columns of a value.
 *
 * @param head the operands of the forward pass
 * @param outputs {@code [Q, V]}, what {@link Kernels#attend(AttentionHead, int, int, MatrixView,
 *     float[], float[])} gave, rounded as it was given on
 * @param cotangents {@code [Q, V]}, the derivative of the loss by the outputs
 * @param maxima the final {@code m} of query {@code i} at {@code offset + i}
 * @param sums the final {@code l} likewise
 * @param offset where query 0 is in both
 */
public record AttentionBackwardInputs(
    AttentionHead head,
    MatrixView outputs,
    MatrixView cotangents,
    float[] maxima,
    float[] sums,
    int offset) {}
