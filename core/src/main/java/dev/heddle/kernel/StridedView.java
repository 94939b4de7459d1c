package dev.heddle.kernel;

/**
 * A strided view of values for the pairs of queries and keys of one head: query {@code i}, key
 * {@code j} is at {@code offset + i * queryStride + j * keyStride}. A stride of 0 broadcasts an
 * axis.
 *
 * @param <T> the array type: {@code float[]}, {@code double[]} or {@code byte[]}
 * @param data the array, shared
 * @param offset the index of query 0, key 0
 * @param queryStride elements from one query to the next, or 0
 * @param keyStride elements from one key to the next, or 0
 */
public record StridedView<T>(T data, int offset, int queryStride, int keyStride) {
  /** The index of a query's first value. */
  int at(int query) {
    return offset + query * queryStride;
  }
}
