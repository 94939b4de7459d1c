/**
 * Matrix products and attention on the Vector API.
 *
 * <p>A method that computes with vectors has more than 325 bytes of code, so that the JIT compiler
 * never inlines it but compiles it alone, whatever the process did before; and no vector is an
 * argument or a result of a method of ours, because it would be an object there. {@code
 * docs/kernels.md} says why, {@code KernelFormTest} holds it.
 *
 * <p>Uses {@code kernel} of the library. Used by nothing by name: {@code KernelChoice} finds it.
 */
@NullMarked
package dev.heddle.simd;

import org.jspecify.annotations.NullMarked;
