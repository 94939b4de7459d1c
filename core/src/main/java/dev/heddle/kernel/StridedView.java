package dev.heddle.kernel;

/**
 * Values that belong to the pairs of queries and keys of one head, where an axis may repeat without
 * being expanded: query {@code i}, key {@code j} is at {@code offset + i * queryStride + j *
 * keyStride}, a stride of 0 repeating one value.
 *
 * @param <T> the kind of array: {@code float[]}, {@code double[]} or {@code byte[]}
 * @param data the array, shared
 * @param offset where query 0, key 0 is
 * @param queryStride elements from one query to the next, or 0
 * @param keyStride elements from one key to the next, or 0
 */
public record StridedView<T>(T data, int offset, int queryStride, int keyStride) {
  /** Where a query's values begin. */
  int at(int query) {
    return offset + query * queryStride;
  }
}
