package dev.heddle.linen.layers;

import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.array.Shape;
import dev.heddle.linen.Scope;
import dev.heddle.linen.internal.ArgumentName;
import dev.heddle.linen.internal.Settings;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A linear layer from any axes to any axes; Flax's {@code DenseGeneral}. Attention projects into
 * and out of heads with it.
 *
 * <p>Parameters: {@code kernel}, shape {@code [batch axes, contracted axes in ascending order,
 * features...]}, and {@code bias}, shape {@code [batch axes, features...]}. The output has the
 * batch axes, then the input's other axes, then the features. Initializers see the kernel flattened
 * to two axes and the bias to one.
 *
 * <pre>{@code
 * DenseGeneral.builder().features(4, 8).build();            // [..., F] -> [..., 4, 8]
 * DenseGeneral.builder().features(32).axis(-2, -1).build(); // [..., H, D] -> [..., 32]
 * }</pre>
 */
public final class DenseGeneral extends LinearLayer<DenseGeneral.Builder> {
  private DenseGeneral(Builder builder) {
    super(builder);
  }

  /** A builder; {@code features} is required. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The parameters for an input shape, in the layer's own scope; created if the call is an init.
   */
  public Projection projection(Scope scope, Shape input) {
    return parameters(scope, input);
  }

  /** Whether the product is the standard one. */
  public boolean hasStandardProduct() {
    return config.dotGeneralCls == null && config.dotGeneral == DotGeneral.standard();
  }

  @Override
  DenseLayout newLayout(Scope scope, Shape input) {
    int[] features = config.features.stream().mapToInt(Integer::intValue).toArray();
    return DenseLayout.of(
        input, contractedAxes(scope, input), config.batchDims.size(), Shape.of(features));
  }

  /** The axes to contract, counted from the front, in ascending order. */
  private int[] contractedAxes(Scope scope, Shape shape) {
    int rank = shape.rank();
    if (!config.axis.stream().allMatch(axis -> axis >= -rank && axis < rank)) {
      throw scope.error(
          "argument \"axis\": expected axes of an input of shape %s, got %s"
              .formatted(shape, config.axis));
    }
    int[] contracted =
        config.axis.stream().mapToInt(axis -> axis < 0 ? axis + rank : axis).sorted().toArray();
    int batch = config.batchDims.size();
    if (IntStream.of(contracted).distinct().count() < contracted.length
        || batch + contracted.length > rank
        || contracted[0] < batch) {
      throw scope.error(
          ("arguments \"axis\" and %s: expected different axes of an input of shape %s, got %s"
                  + " and %s")
              .formatted(ArgumentName.quoted("batch_dims"), shape, config.axis, config.batchDims));
    }
    return contracted;
  }

  @Override
  Settings settings() {
    return with(
        Settings.of("DenseGeneral")
            .add("features", config.features)
            .add("axis", config.axis)
            .add("batch_dims", config.batchDims));
  }

  /** The arguments of a {@link DenseGeneral}, with Flax's names and defaults. */
  public static final class Builder extends LinearLayer.Builder<Builder> {
    private List<Integer> features = List.of();
    private List<Integer> axis = List.of(-1);
    private List<Integer> batchDims = List.of();

    private Builder() {}

    /** The lengths of the output's new axes. */
    public Builder features(int... features) {
      this.features = IntStream.of(features).boxed().toList();
      return this;
    }

    /** The axes to contract; the last one by default. */
    public Builder axis(int... axis) {
      this.axis = IntStream.of(axis).boxed().toList();
      return this;
    }

    /** The batch axes, 0, 1, ..., each of whose elements has its own kernel; none by default. */
    public Builder batchDims(int... batchDims) {
      this.batchDims = IntStream.of(batchDims).boxed().toList();
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if {@code features} is missing or negative, {@code axis} is
     *     empty, {@code batchDims} are not 0, 1, ..., or {@code dtype} is not a floating-point type
     */
    public DenseGeneral build() {
      if (features.isEmpty() || Collections.min(features) < 0) {
        throw new IllegalArgumentException(
            "DenseGeneral: argument \"features\": expected one or more lengths of 0 or more, got "
                + features);
      }
      if (axis.isEmpty()) {
        throw new IllegalArgumentException(
            "DenseGeneral: argument \"axis\": expected one or more axes, got none");
      }
      if (!IntStream.range(0, batchDims.size()).allMatch(batchDims::contains)) {
        throw new IllegalArgumentException(
            "DenseGeneral: %s: expected consecutive leading axes from 0, got %s"
                .formatted(ArgumentName.argument("batch_dims"), batchDims));
      }
      requireFloatingDtype();
      return new DenseGeneral(this);
    }
  }
}
