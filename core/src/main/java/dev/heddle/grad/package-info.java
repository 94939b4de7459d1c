/**
 * Reverse-mode differentiation of programs over arrays: gradients, vector-Jacobian products,
 * functions with user-defined derivatives, rematerialization.
 *
 * <p>Uses {@code array}. Used by {@code models} and by training loops.
 */
@NullMarked
package dev.heddle.grad;

import org.jspecify.annotations.NullMarked;
