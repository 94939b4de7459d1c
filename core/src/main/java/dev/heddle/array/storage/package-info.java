/**
 * The memory behind an array, one kind per element type, and the patterns of arrays that need no
 * memory until they are read. Not exported: what stands here may be written to by whoever holds it.
 *
 * <p>Uses {@code kernel}. Used by {@code array}, its operations, and the modules that read and
 * write files.
 */
@NullMarked
package dev.heddle.array.storage;

import org.jspecify.annotations.NullMarked;
