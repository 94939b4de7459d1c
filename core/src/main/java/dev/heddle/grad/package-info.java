/**
 * Reverse-mode differentiation of programs over arrays: gradients, vector-Jacobian products,
 * functions with derivatives of the user's own, recomputation instead of memory.
 *
 * <p>Uses {@code array}. Used by {@code linen}'s users, by {@code models} and by whoever trains.
 */
@NullMarked
package dev.heddle.grad;

import org.jspecify.annotations.NullMarked;
