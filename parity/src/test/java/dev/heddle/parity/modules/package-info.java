/**
 * User-defined modules, with the same names as in Python's {@code modules.py}. Uses {@code linen}
 * and {@code array}; used by the cases of kind {@code module}.
 */
@NullMarked
package dev.heddle.parity.modules;

import org.jspecify.annotations.NullMarked;
