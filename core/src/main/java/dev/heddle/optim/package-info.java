/**
 * Optimizers with Optax's names and results: pure functions from gradients and a state to updates
 * and the next state.
 *
 * <pre>{@code
 * GradientTransformation tx = Optim.chain(Optim.clipByGlobalNorm(1.0), Optim.adamw(1e-3));
 * OptState state = tx.init(params);
 * var updated = tx.update(gradients, state, params);
 * params = Optim.applyUpdates(params, updated.updates());
 * }</pre>
 *
 * <p>Built-in transformations of float32 leaves are fused: a chain makes one pass over each block
 * of a leaf, on all threads. Other types use the array operations; both give the same bits.
 *
 * <p>Uses {@code array} and {@code kernel}. Used by training loops.
 */
@NullMarked
package dev.heddle.optim;

import org.jspecify.annotations.NullMarked;
