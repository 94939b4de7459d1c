/**
 * The operations on arrays, one family a file, named as in JAX and NumPy: a user's own attention
 * function is written with them. Element types are promoted by JAX's lattice; 16-bit floats are
 * computed in float32 and rounded once an operation; integers wrap.
 *
 * <p>Uses {@code array} and {@code kernel}. Used by {@code random}, {@code grad}, {@code linen} and
 * by {@code array} itself for its everyday methods.
 */
@NullMarked
package dev.heddle.array.op;

import org.jspecify.annotations.NullMarked;
