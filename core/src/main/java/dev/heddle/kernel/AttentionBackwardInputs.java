package dev.heddle.kernel;

/**
 * The inputs of the backward pass of attention for one head, in float32. Letters as in {@code
 * linen}: Q queries, V columns of a value.
 *
 * @param head the operands of the forward pass
 * @param outputs {@code [Q, V]}, the result of {@link Kernels#attentionForward(AttentionHead, int,
 *     int, MatrixView, float[], float[])}, rounded as in the forward pass
 * @param cotangents {@code [Q, V]}, the cotangents of the outputs
 * @param maxima the final {@code m} of query {@code i} at {@code offset + i}
 * @param sums the final {@code l} likewise
 * @param offset the index of query 0 in both
 */
public record AttentionBackwardInputs(
    AttentionHead head,
    MatrixView outputs,
    MatrixView cotangents,
    float[] maxima,
    float[] sums,
    int offset) {}
