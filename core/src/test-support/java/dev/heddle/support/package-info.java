/**
 * What the tests of several modules need: comparing arrays, finding files. Uses {@code array}; used
 * by tests only, in other modules too, which compile it themselves.
 */
@NullMarked
package dev.heddle.support;

import org.jspecify.annotations.NullMarked;
