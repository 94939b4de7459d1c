package dev.heddle.linen.layers;

import dev.heddle.array.DType;
import dev.heddle.linen.ModuleBuilder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The constructor arguments that every layer with parameters has.
 *
 * @param <B> the class of the builder itself
 */
public abstract class LayerBuilder<B extends LayerBuilder<B>> extends ModuleBuilder<B> {
  /** The dtype to compute in; null to infer it. */
  protected @Nullable DType dtype;

  /** The dtype of new parameters. */
  protected DType paramDtype = DType.FLOAT32;

  /** With every argument at its default. */
  protected LayerBuilder() {}

  /** The dtype to compute in; by default the promotion of input and parameters. */
  public final B dtype(@Nullable DType newDtype) {
    dtype = newDtype;
    return self();
  }

  /** The dtype of new parameters; float32 by default. */
  public final B paramDtype(DType newParamDtype) {
    paramDtype = Objects.requireNonNull(newParamDtype, "paramDtype");
    return self();
  }

  /** Whether one of the two is float64. */
  protected final boolean usesFloat64() {
    return dtype == DType.FLOAT64 || paramDtype == DType.FLOAT64;
  }

  /**
   * Checks the dtype to compute in.
   *
   * @throws IllegalArgumentException if it is not a floating-point type
   */
  protected final void requireFloatingDtype() {
    if (dtype != null) {
      Promotion.requireInexact("dtype", dtype);
    }
  }
}
