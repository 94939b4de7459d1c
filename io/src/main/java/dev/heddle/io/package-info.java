/**
 * Checkpoints on disk: safetensors, Flax msgpack and npz, read strictly and written whole or not at
 * all. Uses {@code dev.heddle.array}; used by the command line and by programs that load weights.
 */
@NullMarked
package dev.heddle.io;

import org.jspecify.annotations.NullMarked;
