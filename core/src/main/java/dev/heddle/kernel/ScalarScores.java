package dev.heddle.kernel;

import java.util.Arrays;

/** The scores of one head, a query and a tile of keys at a time, in float32. */
final class ScalarScores {
  /** The scores of the tile, after {@link #score}. */
  final float[] scores = new float[Tiles.TILE];

  /** The hyperbolic tangents of the scores divided by the soft cap, if there is one. */
  final float[] tanhs;

  private final AttentionHead head;
  private final ScoreRules rules;
  private final int depth;
  private final float[] tileOfKeys;
  private final byte[] visible; // the mask of a tile, one row for each query of a block
  private final boolean mayMask;

  /**
   * Scores of the queries of a head.
   *
   * @param block the maximum number of queries that share a tile
   */
  ScalarScores(AttentionHead head, int block) {
    this.head = head;
    this.rules = head.rules();
    this.depth = head.queries().cols();
    this.tanhs = new float[rules.softCap() == 0 ? 0 : Tiles.TILE];
    this.tileOfKeys = new float[Buffers.size(depth, Tiles.TILE)];
    this.mayMask = !rules.band().isAll() || head.mask() != null;
    this.visible = new byte[head.mask() == null ? 0 : block * Tiles.TILE];
  }

  /**
   * Fills {@link #visible} for a range of queries and a tile of keys.
   *
   * @return elements from one query's row to the next, 0 if all queries share one row
   */
  int readMask(int query, int queries, int start, int length) {
    ScoreMask mask = head.mask();
    if (mask == null) {
      return 0;
    }
    int rows = mask.sameForAllQueries() ? 1 : queries;
    Arrays.fill(visible, 0, rows * Tiles.TILE, (byte) 1);
    mask.restrict(query, rows, start, length, visible);
    return rows == 1 ? 0 : Tiles.TILE;
  }

  /** Whether any of the first keys of a tile is visible to a query. */
  boolean anyVisible(int row, int length) {
    int any = 0;
    for (int j = 0; j < length; j++) {
      any |= visible[row + j];
    }
    return any != 0;
  }

  /** Transposes a tile of keys to {@code [D, TILE]}. */
  void packKeys(int start, int length) {
    MatrixView keys = head.keys();
    for (int j = 0; j < length; j++) {
      int at = keys.at(start + j);
      for (int d = 0; d < depth; d++) {
        tileOfKeys[d * Tiles.TILE + j] = keys.data()[at + d];
      }
    }
  }

  /**
   * Fills {@link #scores} for one query and a tile of keys.
   *
   * @param row the index of its mask in {@link #visible}
   */
  void score(int query, int start, int length, int row) {
    if (head.scores() == null) {
      product(query, length);
    } else {
      System.arraycopy(head.scores().data(), head.scores().at(query) + start, scores, 0, length);
    }
    Rounding rounding = rules.scoreRounding();
    if (rounding != Rounding.NONE) {
      for (int j = 0; j < length; j++) {
        scores[j] = rounding.round(scores[j]);
      }
    }
    if (rules.softCap() != 0) {
      cap(length);
    }
    if (head.bias() != null) {
      addBias(head.bias(), query, start, length);
    }
    if (mayMask) {
      mask(query, start, length, row);
    }
    if (rules.softmaxRounding() != Rounding.NONE) {
      for (int j = 0; j < length; j++) {
        scores[j] = rules.softmaxRounding().round(scores[j]);
      }
    }
  }

  private void product(int query, int length) {
    MatrixView queries = head.queries();
    float divisor = (float) rules.queryDivisor();
    Arrays.fill(scores, 0, length, 0);
    for (int d = 0; d < depth; d++) {
      float q = rules.scoreRounding().round(queries.data()[queries.at(query) + d] / divisor);
      int at = d * Tiles.TILE;
      for (int j = 0; j < length; j++) {
        scores[j] = Fma.fma(q, tileOfKeys[at + j], scores[j]);
      }
    }
  }

  private void cap(int length) {
    float limit = (float) rules.softCap();
    for (int j = 0; j < length; j++) {
      tanhs[j] = Polynomials.tanh(scores[j] / limit);
      scores[j] = rules.scoreRounding().round(limit * tanhs[j]);
    }
  }

  private void addBias(StridedView<float[]> bias, int query, int start, int length) {
    int at = bias.at(query) + start * bias.keyStride();
    for (int j = 0; j < length; j++) {
      float sum = scores[j] + bias.data()[at + j * bias.keyStride()];
      scores[j] = rules.biasRounding().round(sum);
    }
  }

  private void mask(int query, int start, int length, int row) {
    float low = (float) rules.masked();
    for (int j = 0; j < length; j++) {
      if (isMasked(query, start, j, row)) {
        scores[j] = low;
      }
    }
  }

  /** Whether a key of the tile is masked for a query. */
  boolean isMasked(int query, int start, int j, int row) {
    return !rules.band().contains(query, start + j)
        || (head.mask() != null && visible[row + j] == 0);
  }
}
