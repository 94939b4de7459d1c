package dev.heddle.linen.layers;

import dev.heddle.linen.initializers.Initializer;
import dev.heddle.linen.initializers.Initializers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The constructor arguments of layers that multiply by a kernel and add a bias.
 *
 * @param <B> the class of the builder itself
 */
public abstract class LinearBuilder<B extends LinearBuilder<B>> extends LayerBuilder<B> {
  /** Whether there is a bias. */
  protected boolean useBias = true;

  /** The products' precision; null if none is set. */
  protected @Nullable Precision precision;

  /** The initializer of kernels. */
  protected Initializer kernelInit = Initializers.lecunNormal();

  /** The initializer of biases. */
  protected Initializer biasInit = Initializers.zeros();

  /** With every argument at its default. */
  protected LinearBuilder() {}

  /** Whether to add a bias; true by default. */
  public final B useBias(boolean newUseBias) {
    useBias = newUseBias;
    return self();
  }

  /** The products' precision; see {@link Precision}. */
  public final B precision(@Nullable Precision newPrecision) {
    precision = newPrecision;
    return self();
  }

  /** The initializer of kernels; {@code lecun_normal} by default. */
  public final B kernelInit(Initializer newKernelInit) {
    kernelInit = Objects.requireNonNull(newKernelInit, "kernelInit");
    return self();
  }

  /** The initializer of biases; {@code zeros} by default. */
  public final B biasInit(Initializer newBiasInit) {
    biasInit = Objects.requireNonNull(newBiasInit, "biasInit");
    return self();
  }
}
