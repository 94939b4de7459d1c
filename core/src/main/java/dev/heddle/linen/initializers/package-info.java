/**
 * Initializers of parameters with Flax's numbers; {@code flax.linen.initializers}.
 *
 * <p>Uses {@code random} and {@code array}. Used by modules, files and the command line.
 */
@NullMarked
package dev.heddle.linen.initializers;

import org.jspecify.annotations.NullMarked;
