/**
 * The demo's data and what it draws: attention weights as a map of shades, and a sentence about
 * each head. Uses {@code dev.heddle.array}, {@code dev.heddle.io} and {@code dev.heddle.linen};
 * used by {@code heddle demo}.
 */
@NullMarked
package dev.heddle.cli.demo;

import org.jspecify.annotations.NullMarked;
