/**
 * Optimizers with Optax's names and numbers: pure functions from gradients to updates, with a state
 * that is a value.
 *
 * <pre>{@code
 * GradientTransformation tx = Optim.chain(Optim.clipByGlobalNorm(1.0), Optim.adamw(1e-3));
 * OptState state = tx.init(params);
 * var updated = tx.update(gradients, state, params);
 * params = Optim.applyUpdates(params, updated.updates());
 * }</pre>
 *
 * <p>Built-in transformations of float32 trees are joined: a chain runs over each stretch of a leaf
 * once, on all threads. Other types go through the array operations; both give the same bits.
 *
 * <p>Uses {@code array} and {@code kernel}. Used by training loops.
 */
@NullMarked
package dev.heddle.optim;

import org.jspecify.annotations.NullMarked;
