/**
 * Matrix products and attention on the Vector API.
 *
 * <p>A method that computes with vectors has more than 325 bytes of code, so that the JIT compiler
 * never inlines it but compiles it separately, whatever the process ran before; and no vector is an
 * argument or a result of a method of this package, because it would be boxed there. {@code
 * docs/kernels.md} explains this, {@code KernelFormTest} checks it.
 *
 * <p>Uses {@code kernel} of the library. Not referenced by name: {@code KernelChoice} finds it by
 * service binding.
 */
@NullMarked
package dev.heddle.simd;

import org.jspecify.annotations.NullMarked;
