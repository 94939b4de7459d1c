/**
 * Tests for equal bits and no garbage in JVMs of all kinds. Uses the public API in separate JVMs;
 * not used by other packages.
 */
@NullMarked
package dev.heddle.simd.bits;

import org.jspecify.annotations.NullMarked;
