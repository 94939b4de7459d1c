package dev.heddle.random;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Gather;
import dev.heddle.array.Shape;
import dev.heddle.array.Sort;
import dev.heddle.array.internal.ArrayInternals;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Random arrays, {@code jax.random}: the same key gives the bits of JAX run eagerly on a CPU, in
 * either {@link Era}.
 *
 * <pre>{@code
 * Key key = Key.of(0);
 * Array weights = Random.truncatedNormal(key, -2, 2, DType.FLOAT32, 512, 64);
 * Array keep = Random.bernoulli(key.foldIn(1), 0.9, DType.FLOAT32, 8, 16, 16);
 * }</pre>
 *
 * <p>Numbers of float32, bfloat16 and float16, and uniform numbers of float64, have JAX's bits.
 * Some normal and Gumbel numbers of float64 differ by one to four units in the last place, where
 * the C library's logarithm is not correctly rounded. Truncated normal numbers of float64 also
 * differ in their last places for bounds whose error function the C library rounds differently (not
 * for -2 and 2).
 */
public final class Random {
  private static final double MAX_UINT32 = 0xffffffffL;
  private static final int SHUFFLE_EXPONENT = 3; // so that ties in all rounds are improbable

  private Random() {}

  /**
   * Random bits, {@code jax.random.bits}.
   *
   * @param width the number of bits of an element: 8 (as uint8), 16 (as uint32 below 65536), 32 (as
   *     uint32) or 64 (as int64 with the same bits)
   * @throws IllegalArgumentException for another width
   */
  public static Array bits(Key key, int width, int... dims) {
    int n = Shape.of(dims).size();
    Array drawn =
        switch (width) {
          case 8 -> Array.of(toBytes(Bits.draw(key, 8, n)));
          case 16, 32 -> Array.of(IntBuffer.wrap(Bits.draw(key, width, n)), DType.UINT32);
          case 64 -> Array.of(Bits.draw64(key, n));
          default ->
              throw new IllegalArgumentException(
                  "bits: argument \"width\": expected 8, 16, 32 or 64, got " + width);
        };
    return drawn.reshape(dims);
  }

  private static byte[] toBytes(int[] values) {
    byte[] out = new byte[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) values[i];
    }
    return out;
  }

  /** Numbers in [0, 1); as {@link #uniform(Key, double, double, DType, int...)}. */
  public static Array uniform(Key key, DType dtype, int... dims) {
    return uniform(key, 0, 1, dtype, dims);
  }

  /**
   * Uniformly distributed numbers in [lo, hi), {@code jax.random.uniform}.
   *
   * @param dtype a floating-point type
   * @param lo the lower bound, inclusive
   * @param hi the upper bound, exclusive but for rounding
   * @throws IllegalArgumentException if the type is not floating-point, or not lo &lt;= hi
   */
  public static Array uniform(Key key, double lo, double hi, DType dtype, int... dims) {
    requireFloating("uniform", dtype);
    Shape shape = Shape.of(dims);
    if (!(lo <= hi)) {
      throw new IllegalArgumentException(
          "uniform: arguments \"lo\" and \"hi\": expected lo <= hi, got " + lo + " and " + hi);
    }
    if (dtype == DType.FLOAT64) {
      return array(new Float64Sampler(key.era()).uniform(key, shape.size(), lo, hi), shape);
    }
    Float32Sampler draws = new Float32Sampler(key.era(), dtype);
    float[] drawn = draws.uniform(key, shape.size(), draws.constant(lo), draws.constant(hi));
    return array(drawn, shape, dtype);
  }

  /**
   * Numbers of the standard normal distribution, {@code jax.random.normal}.
   *
   * @param dtype a floating-point type
   * @throws IllegalArgumentException if the type is not floating-point
   */
  public static Array normal(Key key, DType dtype, int... dims) {
    requireFloating("normal", dtype);
    Shape shape = Shape.of(dims);
    return dtype == DType.FLOAT64
        ? array(new Float64Sampler(key.era()).normal(key, shape.size()), shape)
        : array(new Float32Sampler(key.era(), dtype).normal(key, shape.size()), shape, dtype);
  }

  /**
   * Numbers of the standard normal distribution between two bounds, {@code
   * jax.random.truncated_normal}.
   *
   * @param lower the lower bound, exclusive
   * @param upper the upper bound, exclusive
   * @param dtype a floating-point type
   * @throws IllegalArgumentException if the type is not floating-point, or not lower &lt; upper
   */
  public static Array truncatedNormal(
      Key key, double lower, double upper, DType dtype, int... dims) {
    requireFloating("truncated_normal", dtype);
    if (!(lower < upper)) {
      throw new IllegalArgumentException(
          ("truncated_normal: arguments \"lower\" and \"upper\": expected lower < upper, got"
                  + " %s and %s")
              .formatted(lower, upper));
    }
    Shape shape = Shape.of(dims);
    int n = shape.size();
    if (dtype == DType.FLOAT64) {
      return array(new Float64Sampler(key.era()).truncatedNormal(key, n, lower, upper), shape);
    }
    Float32Sampler draws = new Float32Sampler(key.era(), dtype);
    float[] drawn = draws.truncatedNormal(key, n, draws.constant(lower), draws.constant(upper));
    return array(drawn, shape, dtype);
  }

  /**
   * Numbers of the standard Gumbel distribution, {@code jax.random.gumbel}: {@code
   * -log(-log(uniform))}.
   *
   * @param dtype a floating-point type
   * @throws IllegalArgumentException if the type is not floating-point
   */
  public static Array gumbel(Key key, DType dtype, int... dims) {
    requireFloating("gumbel", dtype);
    Shape shape = Shape.of(dims);
    return dtype == DType.FLOAT64
        ? array(new Float64Sampler(key.era()).gumbel(key, shape.size()), shape)
        : array(new Float32Sampler(key.era(), dtype).gumbel(key, shape.size()), shape, dtype);
  }

  /**
   * Class indices for logits on the last axis; as {@link #categorical(Key, Array, int, int...)}.
   */
  public static Array categorical(Key key, Array logits) {
    return categorical(key, logits, -1);
  }

  /** One draw for each row of logits; as {@link #categorical(Key, Array, int, int...)}. */
  public static Array categorical(Key key, Array logits, int axis) {
    requireLogits(logits);
    return categorical(key, logits, axis, batchOf(logits, axis).dims());
  }

  /**
   * Class indices with the probabilities {@code softmax(logits)}, {@code jax.random.categorical}:
   * the argmax of the logits plus {@link #gumbel} noise.
   *
   * <pre>{@code
   * Array next = Random.categorical(key, logits.dividedBy(temperature)); // [B..., classes] -> [B...]
   * }</pre>
   *
   * @param logits unnormalized log probabilities; shape {@code [B..., classes]}, floating-point
   * @param axis the axis of the classes; -1 is the last
   * @param dims the result's shape: that of the logits without the axis, after axes of independent
   *     draws
   * @return int32; it has no derivative
   * @throws IllegalArgumentException if the type is not floating-point, there is no such axis or no
   *     class, or the shape does not end with the logits' shape without the axis
   */
  public static Array categorical(Key key, Array logits, int axis, int... dims) {
    requireLogits(logits);
    Shape shape = Shape.of(dims);
    int along = logits.shape().axis(axis);
    Shape batch = batchOf(logits, axis);
    int more = shape.rank() - batch.rank();
    if (more < 0 || !shape.range(more, shape.rank()).equals(batch)) {
      throw new IllegalArgumentException(
          ("categorical: argument \"shape\": expected one that ends with %s, that of the"
                  + " logits without the axis of the classes, got %s")
              .formatted(batch, shape));
    }
    Shape drawn = shape.range(0, more).concat(logits.shape());
    Array noise = gumbel(key, logits.dtype(), drawn.dims());
    return Sort.argmax(noise.plus(logits), more + along);
  }

  /** The shape without the axis of the classes. */
  private static Shape batchOf(Array logits, int axis) {
    int along = logits.shape().axis(axis);
    return logits.shape().range(0, along).concat(logits.shape().range(along + 1, logits.rank()));
  }

  private static void requireLogits(Array logits) {
    if (!logits.dtype().isFloating() || logits.rank() == 0) {
      throw new IllegalArgumentException(
          ("categorical: argument \"logits\": expected a floating-point array with an axis of"
                  + " classes, got %s%s")
              .formatted(logits.dtype(), logits.shape()));
    }
  }

  /**
   * Truth values, {@code jax.random.bernoulli}: true where a uniform number is below p. For float32
   * and float64 they are drawn lazily: they need no memory until they are read, and attention draws
   * them tile by tile.
   *
   * @param p the probability of true
   * @param drawIn the type of p and of the uniform numbers: JAX uses float32 by default and float64
   *     with x64 enabled; the values differ
   * @throws IllegalArgumentException if p is NaN or the type is not floating-point
   */
  public static Array bernoulli(Key key, double p, DType drawIn, int... dims) {
    requireFloating("bernoulli", drawIn);
    if (Double.isNaN(p)) {
      throw new IllegalArgumentException(
          "bernoulli: argument \"p\": expected a probability, got NaN");
    }
    Shape shape = Shape.of(dims);
    if (drawIn == DType.FLOAT32 || drawIn == DType.FLOAT64) {
      Bernoulli flags = new Bernoulli(key, p, shape.count(), drawIn == DType.FLOAT64);
      return ArrayInternals.flags(flags, shape);
    }
    boolean[] out = new boolean[shape.size()];
    Float32Sampler draws = new Float32Sampler(key.era(), drawIn);
    float[] drawn = draws.uniform(key, out.length, 0, 1);
    float bound = draws.constant(p);
    for (int i = 0; i < out.length; i++) {
      out[i] = drawn[i] < bound;
    }
    return Array.of(out).reshape(dims);
  }

  /**
   * Integers, {@code jax.random.randint}. Bounds are clamped to the type's range, as in JAX. The
   * distribution is slightly biased where the interval's length is not a power of two.
   *
   * @param lo the lower bound, inclusive
   * @param hi the upper bound, exclusive; if hi &lt;= lo, all numbers are lo
   * @param dtype an integer type
   * @throws IllegalArgumentException if the type is not an integer one
   */
  public static Array randint(Key key, long lo, long hi, DType dtype, int... dims) {
    if (!dtype.isInteger()) {
      throw new IllegalArgumentException(
          "randint: argument \"dtype\": expected an integer type, got " + dtype);
    }
    Shape shape = Shape.of(dims);
    long[] drawn = Integers.draw(key, shape.size(), lo, hi, dtype);
    return Array.of(drawn).reshape(dims).astype(dtype);
  }

  /**
   * The numbers 0 to n - 1 in random order, int32, {@code jax.random.permutation}.
   *
   * @throws IllegalArgumentException if n is negative
   */
  public static Array permutation(Key key, int n) {
    return Array.of(shuffled(key, n));
  }

  /**
   * An array permuted randomly along one axis, {@code jax.random.permutation}.
   *
   * @param x an array with at least one axis
   * @param axis the axis; -1 is the last
   * @throws IllegalArgumentException if there is no such axis
   */
  public static Array permutation(Key key, Array x, int axis) {
    int along = x.shape().axis(axis);
    return Gather.take(x, permutation(key, x.shape().dim(along)), along);
  }

  /** Sorts by random words, in as many rounds as JAX, so that ties are improbable. */
  private static int[] shuffled(Key key, int n) {
    int rounds =
        (int) Math.ceil(SHUFFLE_EXPONENT * Math.log(Math.max(1, n)) / Math.log(MAX_UINT32));
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    for (int round = 0; round < rounds; round++) {
      var keys = key.split();
      key = keys.get(0);
      int[] words = Bits.draw(keys.get(1), 32, n);
      long[] sorted = new long[n];
      for (int i = 0; i < n; i++) { // ties keep their order
        sorted[i] = (long) (words[i] ^ Integer.MIN_VALUE) << 32 | i;
      }
      Arrays.sort(sorted);
      int[] before = order.clone();
      for (int i = 0; i < n; i++) {
        order[i] = before[(int) sorted[i]];
      }
    }
    return order;
  }

  /**
   * A random orthogonal matrix, {@code jax.random.orthogonal}: the orthogonal factor of a matrix of
   * normal numbers. Its columns are orthonormal, or its rows if there are more columns than rows.
   * Equal to JAX's up to rounding, not in bits: JAX uses LAPACK, whose results differ between
   * machines.
   *
   * @param n the number of rows
   * @param m the number of columns
   * @param dtype float32 or float64
   * @return shape {@code [n, m]}
   * @throws IllegalArgumentException for another type, which JAX cannot factor either
   */
  public static Array orthogonal(Key key, int n, int m, DType dtype) {
    if (dtype != DType.FLOAT32 && dtype != DType.FLOAT64) {
      throw new IllegalArgumentException(
          "orthogonal: argument \"dtype\": expected float32 or float64, got " + dtype);
    }
    int rows = Math.max(n, m);
    int columns = Math.min(n, m);
    Shape shape = Shape.of(n, m);
    if (shape.size() == 0) {
      return Array.zeros(dtype, n, m);
    }
    double[] drawn = normal(key, dtype, rows, columns).toDoubleArray();
    double[][] q = Orthogonal.columns(drawn, rows, columns);
    double[] out = new double[shape.size()];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        out[i * m + j] = n < m ? q[i][j] : q[j][i];
      }
    }
    return Array.of(out).reshape(shape.dims()).astype(dtype);
  }

  private static void requireFloating(String function, DType dtype) {
    if (!dtype.isFloating()) {
      throw new IllegalArgumentException(
          function + ": argument \"dtype\": expected a floating-point type, got " + dtype);
    }
  }

  private static Array array(float[] values, Shape shape, DType dtype) {
    return ArrayInternals.wrap(values, shape).astype(dtype);
  }

  private static Array array(double[] values, Shape shape) {
    return Array.of(values).reshape(shape.dims());
  }
}
