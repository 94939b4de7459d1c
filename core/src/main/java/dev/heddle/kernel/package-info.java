/**
 * Compute kernels on Java arrays: matrix products, attention and elementary functions. The order of
 * operations of each is part of its contract.
 *
 * <p>Uses nothing. Used by {@code array}; the module {@code dev.heddle.simd} implements it too,
 * with the same bits.
 */
@NullMarked
package dev.heddle.kernel;

import org.jspecify.annotations.NullMarked;
