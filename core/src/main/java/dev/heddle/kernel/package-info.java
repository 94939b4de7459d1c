/**
 * The loops: matrix products, attention and the elementary functions over plain Java arrays, each
 * with an order of operations that is part of its contract.
 *
 * <p>Uses nothing. Used by {@code array}; implemented once more, with the same bits, by the module
 * {@code dev.heddle.simd}.
 */
@NullMarked
package dev.heddle.kernel;

import org.jspecify.annotations.NullMarked;
