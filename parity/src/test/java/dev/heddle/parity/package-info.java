/**
 * Heddle beside Flax: golden cases read from disk, and live cases drawn afresh. Uses the library
 * and the command line; used by nobody, as these are tests.
 */
@NullMarked
package dev.heddle.parity;

import org.jspecify.annotations.NullMarked;
