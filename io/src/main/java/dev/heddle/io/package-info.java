/**
 * Checkpoints on disk: safetensors, Flax msgpack and npz, read strictly and written atomically.
 * Uses {@code dev.heddle.array}; used by the command line and by programs that load weights.
 */
@NullMarked
package dev.heddle.io;

import org.jspecify.annotations.NullMarked;
