/**
 * The same bits and no garbage, in JVMs of all kinds. Uses the public API in JVMs of its own; used
 * by nothing.
 */
@NullMarked
package dev.heddle.simd.bits;

import org.jspecify.annotations.NullMarked;
