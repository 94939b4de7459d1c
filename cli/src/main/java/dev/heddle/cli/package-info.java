/**
 * The command line: options in, exit status out, one line for an error. Uses {@code dev.heddle} and
 * {@code dev.heddle.io}; used by the launcher and by tests.
 */
@NullMarked
package dev.heddle.cli;

import org.jspecify.annotations.NullMarked;
