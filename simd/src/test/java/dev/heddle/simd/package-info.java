/**
 * Tests of the vector kernels. Uses the kernels' contract in core's test support; not used by other
 * packages.
 */
@NullMarked
package dev.heddle.simd;

import org.jspecify.annotations.NullMarked;
