/**
 * The demo's data and its output: attention weights as shades, a description of each head, and the
 * progress of a training. Uses {@code dev.heddle.models} and the packages below it, and {@code
 * dev.heddle.cli.train}; used by {@code heddle demo}.
 */
@NullMarked
package dev.heddle.cli.demo;

import org.jspecify.annotations.NullMarked;
