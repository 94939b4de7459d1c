/**
 * What {@code heddle train} shows while it works and leaves beside its checkpoint.
 *
 * <p>Uses {@code models} and a progress bar. Used by the command and by the demo.
 */
@NullMarked
package dev.heddle.cli.train;

import org.jspecify.annotations.NullMarked;
