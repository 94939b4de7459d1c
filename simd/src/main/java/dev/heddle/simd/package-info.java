/**
 * Matrix products and attention on the Vector API.
 *
 * <p>Uses {@code kernel} of the library. Used by nothing by name: {@code KernelChoice} finds it.
 */
@NullMarked
package dev.heddle.simd;

import org.jspecify.annotations.NullMarked;
