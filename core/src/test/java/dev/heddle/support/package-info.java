/**
 * What the tests of several modules need: comparing arrays, finding files. Uses {@code array}; used
 * by tests only, in other modules through core's test jar.
 */
@NullMarked
package dev.heddle.support;

import org.jspecify.annotations.NullMarked;
