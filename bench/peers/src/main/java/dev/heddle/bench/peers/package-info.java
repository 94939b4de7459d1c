/**
 * Peers that run in the JVM, with native libraries. Uses {@code dev.heddle.bench}; used by it, as
 * services.
 */
@NullMarked
package dev.heddle.bench.peers;

import org.jspecify.annotations.NullMarked;
