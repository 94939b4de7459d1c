/**
 * Users' own modules, as a user of the library writes them: the same as Python's {@code
 * modules.py}, by name. Uses {@code linen} and {@code array}; used by the cases of kind {@code
 * module}.
 */
@NullMarked
package dev.heddle.parity.modules;

import org.jspecify.annotations.NullMarked;
