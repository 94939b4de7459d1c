/**
 * The elements of arrays, one class per element type, and patterns of arrays that need no memory
 * until they are read. Not exported, since its arrays are mutable.
 *
 * <p>Uses {@code kernel}. Used by {@code array}, its operations, and the modules that read and
 * write files.
 */
@NullMarked
package dev.heddle.array.storage;

import org.jspecify.annotations.NullMarked;
