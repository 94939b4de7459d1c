/**
 * Tests of keys and random arrays.
 *
 * <p>Uses JUnit, AssertJ and the golden files. Used by the build.
 */
@NullMarked
package dev.heddle.random;

import org.jspecify.annotations.NullMarked;
