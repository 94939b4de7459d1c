package dev.heddle.simd;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Tiles;

/**
 * Scores of few queries, as in a decode step, with the keys in the lanes, tile by tile. The softmax
 * and the weighted values are little work then and remain scalar.
 */
final class FewQueries {
  private FewQueries() {}

  /**
   * A head with precomputed products of its first queries and all keys.
   *
   * @param queries the number of queries
   */
  static AttentionHead scored(AttentionHead head, int queries, Scratch scratch) {
    MatrixView keys = head.keys();
    int depth = keys.cols();
    int stride = Buffers.size(Math.ceilDiv(keys.rows(), Tiles.TILE), Tiles.TILE);
    scratch.prepare(depth, 0, 0);
    float[] divided = divide(head, queries, scratch.queries);
    float[] tile = scratch.panel(Buffers.size(depth, Tiles.TILE));
    float[] scores = scratch.keys(Buffers.size(queries, stride));
    for (int start = 0; start < keys.rows(); start += Tiles.TILE) {
      int length = Math.min(Tiles.TILE, keys.rows() - start);
      Transpose.intoColumns(
          keys.data(), keys.at(start), keys.stride(), length, depth, tile, 0, Tiles.TILE);
      for (int col = 0; col < length; col += Panels.WIDTH) {
        Products.tile(
            divided,
            0,
            depth,
            tile,
            col,
            Tiles.TILE,
            scores,
            start + col,
            stride,
            queries,
            depth,
            true);
      }
    }
    return new AttentionHead(
        withoutColumns(head.queries()),
        withoutColumns(keys),
        head.values(),
        new MatrixView(scores, 0, stride, queries, keys.rows()),
        head.bias(),
        head.mask(),
        head.keep(),
        head.rules());
  }

  /** The first queries, {@code [queries, D]}, divided and rounded. */
  private static float[] divide(AttentionHead head, int queries, float[] divided) {
    MatrixView source = head.queries();
    int depth = source.cols();
    float divisor = (float) head.rules().queryDivisor();
    for (int i = 0; i < queries; i++) {
      for (int d = 0; d < depth; d++) {
        divided[i * depth + d] = source.data()[source.at(i) + d] / divisor;
      }
    }
    Passes.round(head.rules().scoreRounding(), divided, 0, queries * depth);
    return divided;
  }

  private static MatrixView withoutColumns(MatrixView rows) {
    return new MatrixView(rows.data(), rows.offset(), rows.stride(), rows.rows(), 0);
  }
}
