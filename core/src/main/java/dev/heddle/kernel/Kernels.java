package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The performance-critical loops. The order of operations of each method is part of its contract:
 * every implementation gives the bits of {@link ScalarKernels}, on any machine and for any split
 * into rows.
 *
 * <p>Implementations are stateless and safe for use by many threads. Arguments are checked by the
 * callers.
 */
public interface Kernels extends ElementKernels {
  /** The name of this implementation, as in {@code --kernels}. */
  String name();

  /** The register tile of a matrix product, rows by columns, as text for reports. */
  String tiles();

  /**
   * Packs the right operand of a matrix product into this implementation's layout, for any number
   * of products and threads. The result may share the array of {@code b}, which must not change.
   *
   * @param b {@code [K, N]}, or {@code [N, K]} if {@code transposed}
   * @param transposed whether the operand is the transpose of {@code b}
   * @param rows the total number of rows of the left operands; for few rows packing does not pay
   */
  Packed pack(MatrixView b, boolean transposed, int rows);

  /**
   * As {@link #pack(MatrixView, boolean, int)}, for one product: in workspace, which {@link
   * Packed#release} returns to the pool.
   */
  Packed packOnce(MatrixView b, boolean transposed, int rows);

  /**
   * As {@link #pack(MatrixView, boolean, int)}, of 16-bit numbers; for few rows they are not
   * packed, and each product converts them to float32 as it reads them.
   *
   * @param b {@code [K, N]}
   */
  Packed pack(HalfMatrixView b, int rows);

  /**
   * Whether {@link #pack(HalfMatrixView, int)} leaves a matrix unpacked for this number of rows.
   */
  boolean areFew(int rows);

  /** As {@link #pack(HalfMatrixView, int)}, for one product, in workspace that must be released. */
  Packed packOnce(HalfMatrixView b, int rows);

  /**
   * A matrix product: {@code c[i, j] = fma(a[i, k], b[k, j], c[i, j])} for {@code k} in order from
   * {@code c = 0}, one chain of fused multiply-adds for each element.
   *
   * @param a {@code [M, K]}
   * @param b {@code [K, N]}, packed by this implementation
   * @param c {@code [M, N]}, overwritten
   */
  default void multiply(MatrixView a, Packed b, MatrixView c) {
    multiply(a, b, 0, c, Epilogue.NONE);
  }

  /**
   * A range of columns of a product, followed by an epilogue on each element; otherwise as {@link
   * #multiply(MatrixView, Packed, MatrixView)}.
   *
   * @param b {@code [K, N]}
   * @param col the first column of {@code b}, a multiple of its {@link Packed#step}
   * @param c {@code [M, columns]}, overwritten
   */
  void multiply(MatrixView a, Packed b, int col, MatrixView c, Epilogue epilogue);

  /**
   * As {@link #multiply(MatrixView, Packed, MatrixView)}, in float64, accumulating into {@code c}.
   */
  void multiply(MatrixView64 a, MatrixView64 b, MatrixView64 c);

  /**
   * Attention of a range of query rows of one head. A score is the dot product over the depth, one
   * chain, of the query, divided by {@link ScoreRules#queryDivisor} and rounded, with the key; it
   * is rounded, capped, biased and masked according to {@link ScoreRules}. Per row, with tiles of
   * {@link Tiles#TILE} keys counted from 0 and {@code (m, l, acc) = (-infinity, 0, 0)} initially:
   * {@code m' = max(m, scores of the tile)}, NaN if any is NaN; if {@code m'} is -infinity, the
   * tile is skipped; {@code c = exp(m - m')}; {@code p_j = exp(s_j - m')}; {@code l = fma(l, c, sum
   * of p in 16 lanes)}; {@code acc = acc * c} (zeros where {@code c} is 0); then {@code acc =
   * fma(p_j * dropout_j, v_j, acc)} for the keys in order, except masked keys with {@code p_j = 0}.
   * Each span of {@link Tiles#SPAN} keys has its own state; states merge as in {@link RowState}.
   * The result is {@code acc / l + 0}, or 0 if there are no keys.
   *
   * <p>Keys outside the band of {@link ScoreRules#band}, and tiles in which all keys are masked for
   * a query, are skipped, unless the maximum score of the row is then at most {@link
   * ScoreRules#low}: such a row is recomputed with all keys. Skipping does not affect any bit of
   * the result.
   *
   * @param head the operands
   * @param from the first query row
   * @param to the row after the last
   * @param out {@code [Q, V]}; only rows {@code from} to {@code to} are written
   * @param maxima receives the final {@code m} of each query, or null
   * @param sums receives the final {@code l} of each query, or null
   */
  void attentionForward(
      AttentionHead head,
      int from,
      int to,
      MatrixView out,
      float @Nullable [] maxima,
      float @Nullable [] sums);

  /**
   * As {@link #attentionForward(AttentionHead, int, int, MatrixView, float[], float[])}, in
   * float64.
   */
  void attentionForward(
      AttentionHead64 head,
      int from,
      int to,
      MatrixView64 out,
      double @Nullable [] maxima,
      double @Nullable [] sums);

  /**
   * The gradients of {@link #attentionForward(AttentionHead, int, int, MatrixView, float[],
   * float[])} for a range of queries and a range of keys of one head. With {@code s_ij}, {@code
   * m_i}, {@code l_i} and the dropout multiplier {@code d_ij} of the forward pass, {@code q_i} the
   * divided and rounded query, {@code o_i} the output and {@code c_i} its cotangent:
   *
   * <pre>
   * g_i      = c_i / l_i
   * delta_i  = chain over the columns of g_i o_i
   * e_ij     = exp(s_ij - m_i)
   * ds_ij    = e_ij (d_ij (chain over the columns of g_i v_j) - delta_i), 0 where masked
   * values_j = chain fma(e_ij d_ij, g_i, .) over the queries in order, + 0
   * keys_j   = chain fma(ds_ij, q_i, .) over the queries in order, + 0
   * queries_i = chain fma(ds_ij, k_j, .) over the keys in order, / queryDivisor + 0
   * scores_ij = ds_ij
   * with a soft cap, ds_ij fma(-t, t, 1) in place of ds_ij for keys and queries, t = tanh(product / cap)
   * </pre>
   *
   * <p>The chain of {@code delta_i} has the order of that of {@code g_i v_j}, so that they cancel
   * exactly where a query attends to one key only. Rounding has derivative 1 (straight-through). A
   * masked pair contributes to no chain, whatever its operands; but in a row whose {@code m_i} is
   * at most {@link ScoreRules#low} it contributes to {@code values_j}, unless {@code e_ij d_ij} is
   * 0. So other tiles of masked pairs may be skipped without changing any bit.
   *
   * <p>Chains start and end within the tile of queries and keys: it must contain all keys for
   * complete gradients of queries, and all queries for those of keys and values.
   *
   * @param inputs the operands and results of the forward pass, and the cotangent
   * @param gradients receives the gradients; the rows of these queries and keys are overwritten, or
   *     those of the keys continued: heads that share keys are computed one after another
   * @param from the first query
   * @param to the query after the last
   * @param keyFrom the first key
   * @param keyTo the key after the last
   */
  void attentionBackward(
      AttentionBackwardInputs inputs,
      AttentionBackwardOutputs gradients,
      int from,
      int to,
      int keyFrom,
      int keyTo);

  /**
   * As {@link #attentionBackward(AttentionBackwardInputs, AttentionBackwardOutputs, int, int, int,
   * int)}, in float64.
   */
  void attentionBackward(
      AttentionBackwardInputs64 inputs,
      AttentionBackwardOutputs64 gradients,
      int from,
      int to,
      int keyFrom,
      int keyTo);

  /**
   * The attention weights of {@link #attentionForward(AttentionHead, int, int, MatrixView, float[],
   * float[])} before dropout: {@code exp(s_j - m) / l} with the final {@code m} and {@code l},
   * rounded.
   *
   * @param out {@code [Q, K]}; only rows {@code from} to {@code to} are written
   */
  void attentionWeights(AttentionHead head, int from, int to, MatrixView out, Rounding rounding);

  /** As {@link #attentionWeights(AttentionHead, int, int, MatrixView, Rounding)}, in float64. */
  void attentionWeights(
      AttentionHead64 head, int from, int to, MatrixView64 out, Rounding rounding);
}
