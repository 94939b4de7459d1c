/**
 * Layers beside attention: linear layers, normalization, dropout, embeddings, and their common
 * rules of dtypes; {@code flax.linen.linear}, {@code normalization}, {@code stochastic} and {@code
 * dtypes}.
 *
 * <p>Uses {@code linen}, {@code linen.initializers} and {@code array}. Used by attention, whole
 * models, files and the command line.
 */
@NullMarked
package dev.heddle.linen.layers;

import org.jspecify.annotations.NullMarked;
