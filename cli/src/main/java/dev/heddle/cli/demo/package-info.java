/**
 * The demo's data and what it draws: attention weights as a map of shades, a sentence about each
 * head, and a model while it learns. Uses {@code dev.heddle.models} and what lies below it, and
 * {@code dev.heddle.cli.train}; used by {@code heddle demo}.
 */
@NullMarked
package dev.heddle.cli.demo;

import org.jspecify.annotations.NullMarked;
