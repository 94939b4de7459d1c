package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.Slice;
import dev.heddle.linen.ArgumentException;
import dev.heddle.linen.LinenException;
import dev.heddle.linen.Scope;
import dev.heddle.linen.Variable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of the positions decoded so far: Flax's collection {@code cache} with {@code
 * cached_key} and {@code cached_value}, shape {@code [B..., L, H, D]}, and {@code cache_index}, an
 * int32 scalar that counts them.
 *
 * <p>{@code init} creates a cache of the inputs' length, filled with zeros. Each {@code apply} then
 * takes one position, writes its key and value at the index, and attends to all positions up to it.
 * Where Flax continues without an error, this class throws one: for a cache that is not among the
 * variables, more than one position at a time, and a step past the cache's end.
 */
final class DecodeCache {
  private static final String COLLECTION = "cache";
  private static final String KEYS = "cached_key";
  private static final String VALUES = "cached_value";
  private static final String INDEX = "cache_index";

  private final Scope scope;
  private final Variable keys;
  private final Variable values;
  private final Variable index;

  private DecodeCache(Scope scope) {
    this.scope = scope;
    this.keys = scope.variable(COLLECTION, KEYS);
    this.values = scope.variable(COLLECTION, VALUES);
    this.index = scope.variable(COLLECTION, INDEX);
  }

  /**
   * Creates a cache of the keys' length.
   *
   * @param key shape {@code [B..., L, H, D]}
   * @param value shape {@code [B..., L, H, D]}
   */
  static void make(Scope scope, Array key, Array value) {
    scope.variable(COLLECTION, KEYS, () -> zerosLike(key));
    scope.variable(COLLECTION, VALUES, () -> zerosLike(value));
    scope.variable(COLLECTION, INDEX, () -> Array.scalar(0, DType.INT32));
  }

  private static Array zerosLike(Array array) {
    return Array.zeros(array.dtype(), array.shape().dims());
  }

  /** Whether the variables contain a cache. */
  static boolean isMade(Scope scope) {
    return scope.hasVariable(COLLECTION, KEYS);
  }

  /**
   * The keys, values and mask after a step.
   *
   * @param keys all cached keys, shape {@code [B..., L, H, D]}
   * @param values all cached values, shape {@code [B..., L, H, D]}
   * @param mask the positions so far that the caller's mask includes
   * @param position of the step, from 0
   */
  record Step(Array keys, Array values, Array mask, int position) {}

  /**
   * Adds one position to the cache.
   *
   * @param query the shape of the query, {@code [B..., 1, H, D]}
   * @param key shape {@code [B..., 1, H, D]}
   * @param value shape {@code [B..., 1, H, D]}
   * @param mask of shape {@code [B..., H or 1, 1, L]}, broadcasting, or null
   * @throws LinenException.ScopeCollectionNotFound if there is no cache among the variables
   * @throws LinenException.ScopeVariableNotFoundError if a part of it is missing
   * @throws LinenException.ModifyScopeVariableError if it is not mutable
   * @throws IllegalArgumentException if shapes or dtypes do not match or the cache is full
   */
  static Step append(Scope scope, Shape query, Array key, Array value, @Nullable Array mask) {
    return new DecodeCache(scope).append(query, key, value, mask);
  }

  private Step append(Shape query, Array key, Array value, @Nullable Array mask) {
    Array cachedKeys = keys.value();
    Array cachedValues = values.value();
    requireRank(KEYS, cachedKeys);
    requireOnePosition("query", query, ofQueryHeads(cachedKeys.shape(), query));
    requireEntry("key", key, KEYS, cachedKeys);
    requireEntry("value", value, VALUES, cachedValues);
    int length = cachedKeys.shape().dim(-3);
    if (cachedValues.shape().dim(-3) != length) {
      throw wrong(
          "expected \"cached_value\" as long as \"cached_key\", got shapes %s and %s"
              .formatted(cachedValues.shape(), cachedKeys.shape()));
    }
    int position = position(length);
    Shape rowShape = cachedKeys.shape().range(0, cachedKeys.rank() - 3).append(1, 1, length);
    Array seen = seen(mask, rowShape, query.dim(-2), position);
    Array newKeys = write(cachedKeys, key, position);
    Array newValues = write(cachedValues, value, position);
    keys.set(newKeys);
    values.set(newValues);
    index.set(Array.scalar(position + 1, DType.INT32));
    return new Step(newKeys, newValues, seen, position);
  }

  private void requireRank(String name, Array cached) {
    if (cached.rank() < 3) {
      throw wrong(
          "expected \"%s\" of shape [batch..., length, heads, depth], got %s"
              .formatted(name, cached.shape()));
    }
  }

  /** The shape of the cache with the heads of queries that share its heads. */
  private static Shape ofQueryHeads(Shape cached, Shape query) {
    boolean isShared =
        query.rank() == cached.rank() && query.dim(-2) % Math.max(1, cached.dim(-2)) == 0;
    return isShared ? cached.with(-2, query.dim(-2)) : cached;
  }

  private void requireOnePosition(String role, Shape step, Shape cached) {
    Shape expected = cached.with(-3, 1);
    if (!step.equals(expected)) {
      throw new ArgumentException(
          scope,
          "inputs_" + role.charAt(0),
          "cache: expected a %s of shape %s (one position at a time), got %s"
              .formatted(role, expected, step));
    }
  }

  private void requireEntry(String role, Array step, String name, Array cached) {
    requireRank(name, cached);
    requireOnePosition(role, step.shape(), cached.shape());
    if (step.dtype() != cached.dtype()) {
      throw wrong(
          "expected \"%s\" of the new %s's dtype %s, got %s"
              .formatted(name, role, step.dtype(), cached.dtype()));
    }
  }

  private ArgumentException wrong(String message) {
    return new ArgumentException(scope, COLLECTION, "cache: " + message);
  }

  /** The index, checked: Flax would wrap a negative one and overwrite the last slot at the end. */
  private int position(int length) {
    Array count = index.value();
    if (count.rank() != 0 || !count.dtype().isInteger()) {
      throw wrong(
          "expected \"cache_index\" to be an integer scalar, got %s%s"
              .formatted(count.dtype(), count.shape()));
    }
    long position = count.itemAsLong();
    if (position < 0 || position >= length) {
      throw wrong(
          "expected a \"cache_index\" from 0 to %s for a cache of length %s, got %s%s"
              .formatted(
                  length - 1, length, position, position >= length ? ": the cache is full" : ""));
    }
    return (int) position;
  }

  private Array seen(@Nullable Array mask, Shape rowShape, int heads, int position) {
    boolean[] sofar = new boolean[rowShape.dim(-1)];
    Arrays.fill(sofar, 0, position + 1, true);
    int[] row = new int[rowShape.rank()];
    Arrays.fill(row, 1);
    row[row.length - 1] = sofar.length;
    Array filled = Array.of(sofar, row);
    if (mask == null) {
      return filled;
    }
    if (mask.rank() != rowShape.rank()) {
      throw new ArgumentException(
          scope,
          "mask",
          ("argument \"mask\": expected the rank of %s ([batch..., heads, 1, length]) when"
                  + " decoding, got shape %s")
              .formatted(rowShape, mask.shape()));
    }
    if (mask.shape().dim(-1) != sofar.length && mask.shape().dim(-1) != 1) {
      throw new ArgumentException(
          scope,
          "mask",
          "argument \"mask\": expected %s keys, the length of the cache, got shape %s"
              .formatted(sofar.length, mask.shape()));
    }
    InputShapes.requireMask(scope, mask, rowShape.with(-3, heads));
    return Compare.logicalAnd(mask, filled);
  }

  private static Array write(Array cached, Array entry, int position) {
    int[] start = new int[cached.rank()];
    start[cached.rank() - 3] = position;
    return Slice.dynamicUpdateSlice(cached, entry, start);
  }
}
