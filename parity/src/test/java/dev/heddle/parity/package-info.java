/**
 * Compares Heddle with Flax: golden cases from files, and live cases drawn at random. Uses the
 * library and the command line; used by nothing.
 */
@NullMarked
package dev.heddle.parity;

import org.jspecify.annotations.NullMarked;
