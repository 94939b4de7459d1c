/**
 * Runs cases with Heddle and compares the outputs with Flax's. Uses the cases, the library and the
 * user-defined modules; used by the golden and the live test.
 */
@NullMarked
package dev.heddle.parity.run;

import org.jspecify.annotations.NullMarked;
