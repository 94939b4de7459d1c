/**
 * Whole models made of Linen modules, and what goes with them: how text becomes tokens and tokens
 * text.
 *
 * <p>Letters as in {@code linen}, and <b>L</b> for the length of a text, <b>V</b> for the size of
 * the vocabulary. Uses {@code linen}, what lies below it, and {@code io}. Used by the command line
 * and the benchmark.
 */
@NullMarked
package dev.heddle.models;

import org.jspecify.annotations.NullMarked;
