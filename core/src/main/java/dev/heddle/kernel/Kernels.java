package dev.heddle.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The loops in which the time goes. Each method's order of operations is part of its contract:
 * every implementation gives the bits of {@link ScalarKernels}, on any machine, whatever rows it is
 * given at a time.
 *
 * <p>Implementations are stateless and safe for use by many threads. Arguments are checked by the
 * callers.
 */
public interface Kernels extends ElementKernels {
  /** The name by which {@code --kernels} asks for this implementation. */
  String name();

  /** What part of a product is in registers at a time: rows by columns, for people to read. */
  String tiles();

  /**
   * A right operand of products, laid out as this implementation likes it, to be used any number of
   * times by any number of threads. It may share the array of {@code b}, which must not change.
   *
   * @param b {@code [K, N]}, or {@code [N, K]} if turned
   * @param turned whether rows and columns of {@code b} are exchanged
   * @param rows how many rows of left operands it will be multiplied with in all: for few of them
   *     another layout does not pay
   */
  Packed pack(MatrixView b, boolean turned, int rows);

  /**
   * As {@link #pack(MatrixView, boolean, int)}, for one product: in workspace, which {@link
   * Packed#release} gives back.
   */
  Packed packOnce(MatrixView b, boolean turned, int rows);

  /**
   * As {@link #pack(MatrixView, boolean, int)}, of 16-bit numbers; multiplied with few rows they
   * stay as they are, and a product converts them as it reads them.
   *
   * @param b {@code [K, N]}
   */
  Packed pack(HalfMatrixView b, int rows);

  /**
   * Whether so many rows are few: for them {@link #pack(HalfMatrixView, int)} leaves a matrix as it
   * is.
   */
  boolean areFew(int rows);

  /** As {@link #pack(HalfMatrixView, int)}, for one product, to be released. */
  Packed packOnce(HalfMatrixView b, int rows);

  /**
   * A matrix product: {@code c[i, j] = fma(a[i, k], b[k, j], c[i, j])} for {@code k} in order from
   * {@code c = 0}, each element one chain.
   *
   * @param a {@code [M, K]}
   * @param b {@code [K, N]}, packed by this implementation
   * @param c {@code [M, N]}, overwritten
   */
  default void multiply(MatrixView a, Packed b, MatrixView c) {
    multiply(a, b, 0, c, Epilogue.NONE);
  }

  /**
   * Some columns of a product, and what is done to each element afterwards; otherwise as {@link
   * #multiply(MatrixView, Packed, MatrixView)}.
   *
   * @param b {@code [K, N]}
   * @param col the first column of {@code b}, a multiple of its {@link Packed#step}
   * @param c {@code [M, columns]}, overwritten
   */
  void multiply(MatrixView a, Packed b, int col, MatrixView c, Epilogue epilogue);

  /**
   * As {@link #multiply(MatrixView, Packed, MatrixView)}, in float64 and adding to what {@code c}
   * holds.
   */
  void multiply(MatrixView64 a, MatrixView64 b, MatrixView64 c);

  /**
   * Attention of some query rows of one head. A score is the chain over the depth of the query,
   * divided by {@link ScoreRules#queryDivisor} and rounded, times the key; it is rounded, biased
   * and masked as {@link ScoreRules} says. Per row, with tiles of {@link Tiles#TILE} keys counted
   * from 0 and {@code (m, l, acc) = (-infinity, 0, 0)} at first: {@code m' = max(m, scores of the
   * tile)}, NaN winning; if that is -infinity the tile changes nothing; {@code c = exp(m - m')};
   * {@code p_j = exp(s_j - m')}; {@code l = fma(l, c, sum of p in 16 lanes)}; {@code acc = acc * c}
   * (zeros where {@code c} is 0); then {@code acc = fma(p_j * dropout_j, v_j, acc)} for the keys in
   * order, without those that are masked and have {@code p_j = 0}. {@link Tiles#SPAN} keys make a
   * state of their own; states merge as in {@link RowState}. The result is {@code acc / l + 0};
   * zeros without keys.
   *
   * <p>Keys past the query's own position under a causal rule, and tiles of which a query sees no
   * key, are not looked at, unless the row's greatest score is then at most {@link ScoreRules#low}:
   * such a row is done again with all keys. Both give the bits of doing all of it.
   *
   * @param head where the operands are
   * @param from the first query row
   * @param to the row after the last
   * @param out {@code [Q, V]}; only the given rows are written
   * @param maxima for each query the final {@code m}, or null
   * @param sums for each query the final {@code l}, or null
   */
  void attend(
      AttentionHead head,
      int from,
      int to,
      MatrixView out,
      float @Nullable [] maxima,
      float @Nullable [] sums);

  /** As {@link #attend(AttentionHead, int, int, MatrixView, float[], float[])}, in float64. */
  void attend(
      AttentionHead64 head,
      int from,
      int to,
      MatrixView64 out,
      double @Nullable [] maxima,
      double @Nullable [] sums);

  /**
   * The derivative of {@link #attend(AttentionHead, int, int, MatrixView, float[], float[])} for
   * some queries and keys of one head. With {@code s_ij}, {@code m_i}, {@code l_i} and the dropout
   * multiplier {@code d_ij} of the forward pass, {@code q_i} the divided and rounded query, {@code
   * o_i} the output and {@code c_i} its cotangent:
   *
   * <pre>
   * g_i      = c_i / l_i
   * delta_i  = chain over the columns of g_i o_i
   * e_ij     = exp(s_ij - m_i)
   * slope_ij = e_ij (d_ij (chain over the columns of g_i v_j) - delta_i), 0 where masked
   * values_j = chain fma(e_ij d_ij, g_i, .) over the queries in order, + 0
   * keys_j   = chain fma(slope_ij, q_i, .) over the queries in order, + 0
   * queries_i = chain fma(slope_ij, k_j, .) over the keys in order, / queryDivisor + 0
   * pairs_ij = slope_ij
   * </pre>
   *
   * <p>The chain of {@code delta_i} is as that of {@code g_i v_j}, so that both cancel where a
   * query looks at one key alone. Roundings are passed straight through. A masked pair is no link
   * of any chain, whatever is in its rows; but in a row whose {@code m_i} is at most {@link
   * ScoreRules#low} it is one of {@code values_j}, unless {@code e_ij d_ij} is 0. So pairs of
   * masked keys may be left out, and both give the bits of doing all of it.
   *
   * <p>Chains start and end within the rectangle of pairs: gradients of queries want all keys in
   * it, those of keys and values all queries.
   *
   * @param given the operands of the forward pass and what came of it
   * @param wanted where gradients go; rows of the given queries and keys are overwritten
   * @param from the first query
   * @param to the query after the last
   * @param keyFrom the first key
   * @param keyTo the key after the last
   */
  void attentionBackward(
      AttentionBackwardInputs given,
      AttentionBackwardOutputs wanted,
      int from,
      int to,
      int keyFrom,
      int keyTo);

  /**
   * As {@link #attentionBackward(AttentionBackwardInputs, AttentionBackwardOutputs, int, int, int,
   * int)}, in float64.
   */
  void attentionBackward(
      AttentionBackwardInputs64 given,
      AttentionBackwardOutputs64 wanted,
      int from,
      int to,
      int keyFrom,
      int keyTo);

  /**
   * The weights that {@link #attend(AttentionHead, int, int, MatrixView, float[], float[])} gives
   * to the keys before dropout: {@code exp(s_j - m) / l} of the final {@code m} and {@code l},
   * rounded.
   *
   * @param out {@code [Q, K]}; only the given rows are written
   */
  void weigh(AttentionHead head, int from, int to, MatrixView out, Rounding rounding);

  /** As {@link #weigh(AttentionHead, int, int, MatrixView, Rounding)}, in float64. */
  void weigh(AttentionHead64 head, int from, int to, MatrixView64 out, Rounding rounding);
}
