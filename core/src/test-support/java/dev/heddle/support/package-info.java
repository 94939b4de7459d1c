/**
 * Support for the tests of several modules: comparing arrays, finding files. Uses {@code array};
 * used by tests only, also of other modules, which compile it themselves.
 */
@NullMarked
package dev.heddle.support;

import org.jspecify.annotations.NullMarked;
