/**
 * Tests of keys and of what is drawn with them.
 *
 * <p>Uses JUnit, AssertJ and the golden files beside. Used by the build.
 */
@NullMarked
package dev.heddle.random;

import org.jspecify.annotations.NullMarked;
