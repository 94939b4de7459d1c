/**
 * How checkpoints are read and written, by example. Uses the golden files that Python libraries
 * wrote ({@code src/test/python/make_golden.py}); used by nothing.
 */
@NullMarked
package dev.heddle.io;

import org.jspecify.annotations.NullMarked;
