package dev.heddle.linen.layers;

import dev.heddle.array.Array;
import dev.heddle.linen.Module;
import dev.heddle.linen.ModuleBuilder;
import dev.heddle.linen.internal.Settings;

/**
 * A module that keeps a copy of its builder, with what follows from that.
 *
 * @param <I> the input
 * @param <B> the class of the builder
 */
abstract class Layer<I, B extends ModuleBuilder<B>> extends Module<I, Array> {
  final B config;

  Layer(B builder) {
    super(builder);
    config = builder.copy();
  }

  /** A builder with the same arguments. */
  public B toBuilder() {
    return config.copy();
  }

  @Override
  protected boolean usesFloat64() {
    return config instanceof LayerBuilder<?> layer && layer.usesFloat64();
  }

  /** The arguments by Flax's names. */
  abstract Settings settings();

  /** The arguments by Flax's names, without those that are not set. */
  @Override
  public String toString() {
    return settings().toString();
  }
}
