package dev.heddle.linen.layers;

import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The constructor arguments of normalizations.
 *
 * @param <B> the class of the builder itself
 */
public abstract class NormBuilder<B extends NormBuilder<B>> extends LayerBuilder<B> {
  double epsilon = 1e-6;
  boolean useScale = true;
  Initializer scaleInit = Initializers.ones();
  List<Integer> reductionAxes = List.of(-1);
  List<Integer> featureAxes = List.of(-1);

  NormBuilder() {}

  /** What to add to the variance or mean of squares; 1e-6 by default. */
  public final B epsilon(double newEpsilon) {
    epsilon = newEpsilon;
    return self();
  }

  /** Whether to multiply by a scale; true by default. */
  public final B useScale(boolean newUseScale) {
    useScale = newUseScale;
    return self();
  }

  /** The initializer of the scale; {@code ones} by default. */
  public final B scaleInit(Initializer newScaleInit) {
    scaleInit = Objects.requireNonNull(newScaleInit, "scaleInit");
    return self();
  }

  /** The axes of the statistics; the last one by default. */
  public final B reductionAxes(int... newReductionAxes) {
    reductionAxes = IntStream.of(newReductionAxes).boxed().toList();
    return self();
  }

  /** The axes of the parameters; the last one by default. */
  public final B featureAxes(int... newFeatureAxes) {
    featureAxes = IntStream.of(newFeatureAxes).boxed().toList();
    return self();
  }
}
