/**
 * Asks Heddle a case and compares its answers with Flax's. Uses the cases, the library and the
 * user-made modules; used by the golden and the live test.
 */
@NullMarked
package dev.heddle.parity.run;

import org.jspecify.annotations.NullMarked;
