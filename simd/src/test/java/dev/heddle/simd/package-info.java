/** Tests of the vector kernels. Uses core's contract of kernels; used by nothing. */
@NullMarked
package dev.heddle.simd;

import org.jspecify.annotations.NullMarked;
