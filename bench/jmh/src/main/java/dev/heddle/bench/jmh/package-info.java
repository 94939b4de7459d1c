/**
 * The kernels under JMH. Uses {@code dev.heddle.kernel} and {@code dev.heddle.bench}; used by those
 * who change a kernel.
 */
@NullMarked
package dev.heddle.bench.jmh;

import org.jspecify.annotations.NullMarked;
