/**
 * The command line: parses options, runs commands, reports errors in one line. Uses {@code
 * dev.heddle} and {@code dev.heddle.io}; used by the launcher and by tests.
 */
@NullMarked
package dev.heddle.cli;

import org.jspecify.annotations.NullMarked;
