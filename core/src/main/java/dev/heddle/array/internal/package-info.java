/**
 * The internals of arrays, for the other packages of this module. Not exported.
 *
 * <p>Uses {@code array} and {@code kernel}. Used by {@code random}, {@code optim} and {@code
 * linen}.
 */
@NullMarked
package dev.heddle.array.internal;

import org.jspecify.annotations.NullMarked;
