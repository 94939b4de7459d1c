/**
 * JMH benchmarks of the kernels. Uses {@code dev.heddle.kernel} and {@code dev.heddle.bench}; used
 * by developers of kernels.
 */
@NullMarked
package dev.heddle.bench.jmh;

import org.jspecify.annotations.NullMarked;
