/**
 * The progress output of {@code heddle train} and the files that it writes next to its checkpoint.
 *
 * <p>Uses {@code models} and a progress bar. Used by the command and by the demo.
 */
@NullMarked
package dev.heddle.cli.train;

import org.jspecify.annotations.NullMarked;
