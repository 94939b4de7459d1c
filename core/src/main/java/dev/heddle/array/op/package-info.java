/**
 * The operations on arrays, one family per file, named as in JAX and NumPy; custom attention
 * functions are written with them. Element types are promoted by JAX's lattice; 16-bit floats are
 * computed in float32 and rounded once per operation; integers wrap.
 *
 * <p>Uses {@code array} and {@code kernel}. Used by {@code random}, {@code grad}, {@code linen} and
 * by {@code array} itself for its everyday methods.
 */
@NullMarked
package dev.heddle.array.op;

import org.jspecify.annotations.NullMarked;
