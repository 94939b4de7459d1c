/**
 * Immutable n-dimensional arrays with NumPy's broadcasting and JAX's type promotion, and the
 * interface by which a tape records operations on them.
 *
 * <p>Uses {@code kernel}. Used by every package above it.
 */
@NullMarked
package dev.heddle.array;

import org.jspecify.annotations.NullMarked;
