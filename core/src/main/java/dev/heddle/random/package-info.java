/**
 * JAX's random numbers: threefry keys, and arrays drawn with them that have the bits of either era
 * of JAX.
 *
 * <p>Uses {@code array} and {@code kernel}. Used by {@code linen} and by users who want JAX's
 * random numbers.
 */
@NullMarked
package dev.heddle.random;

import org.jspecify.annotations.NullMarked;
