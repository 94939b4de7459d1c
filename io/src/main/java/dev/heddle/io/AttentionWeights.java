package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of an attention layer as four linear maps, the form in which layouts are converted.
 *
 * @param query kernel {@code [F, H*D]}, bias {@code [H*D]}
 * @param key as query, with the keys' features
 * @param value as query, with the values' features
 * @param out kernel {@code [H*D, F]}, bias {@code [F]}
 * @param numHeads the number of heads, where the layout determines it
 * @param prefixed whether they were found under the requested prefix
 */
record AttentionWeights(
    Linear query,
    Linear key,
    Linear value,
    Linear out,
    @Nullable Integer numHeads,
    boolean prefixed) {

  /**
   * A linear map.
   *
   * @param name the name of its tensors, for errors
   * @param kernel shape {@code [rows, columns]}: features in, features out
   * @param bias shape {@code [columns]}, or null
   */
  record Linear(String name, Array kernel, @Nullable Array bias) {
    /**
     * Checks the shapes.
     *
     * @throws IllegalArgumentException if they are inconsistent
     */
    Linear {
      if (kernel.rank() != 2) {
        throw new IllegalArgumentException(
            "tensor \"" + name + "\": expected 2 axes, got shape " + kernel.shape());
      }
      if (bias != null && (bias.rank() != 1 || bias.size() != kernel.shape().dim(1))) {
        throw new IllegalArgumentException(
            "tensor \""
                + name
                + "\": expected a bias of shape ["
                + kernel.shape().dim(1)
                + "] for it, got "
                + bias.shape());
      }
    }

    int rows() {
      return kernel.shape().dim(0);
    }

    int columns() {
      return kernel.shape().dim(1);
    }
  }

  /** Checks that the shapes of the four are consistent. */
  AttentionWeights {
    for (Linear projection : List.of(key, value)) {
      if (projection.columns() != query.columns()) {
        throw new IllegalArgumentException(
            "tensor \""
                + projection.name
                + "\": expected "
                + query.columns()
                + " features, as the query's, got "
                + projection.columns());
      }
    }
    if (out.rows() != query.columns()) {
      throw new IllegalArgumentException(
          "tensor \""
              + out.name
              + "\": expected "
              + query.columns()
              + " features in, as many as the query has, got "
              + out.rows());
    }
    for (Linear linear : List.of(key, value, out)) {
      if ((linear.bias == null) != (query.bias == null)) {
        throw new IllegalArgumentException(
            "tensor \""
                + linear.name
                + "\": expected a bias in all four projections or in none, but only \""
                + (linear.bias == null ? query.name : linear.name)
                + "\" has one");
      }
    }
  }
}
