/**
 * Chance as JAX has it: threefry keys and what is drawn with them, the same bits as in either era
 * of JAX, returned as arrays.
 *
 * <p>Uses {@code array} and {@code kernel}. Used by {@code linen} and by users who want JAX's
 * random numbers.
 */
@NullMarked
package dev.heddle.random;

import org.jspecify.annotations.NullMarked;
