/**
 * Compares the speed of Heddle and its peers: measures each row on every engine in turn, in one
 * run. Uses {@code dev.heddle}, {@code dev.heddle.io} and {@code dev.heddle.cli}; used by {@code
 * heddle bench} and, for the engines that need native libraries, by {@code dev.heddle.bench.peers}.
 */
@NullMarked
package dev.heddle.bench;

import org.jspecify.annotations.NullMarked;
