/** Heddle's files: safetensors, Flax msgpack, npz, and other frameworks' layouts. */
module dev.heddle.io {
  requires transitive dev.heddle;
  requires tools.jackson.core;
  requires static org.jspecify;

  exports dev.heddle.io;
}
