/**
 * Models built from Linen modules, their training, tokenization and text generation.
 *
 * <p>Letters as in {@code linen}, and <b>L</b> for the length of a sequence, <b>V</b> for the size
 * of the vocabulary. Uses {@code linen}, the packages below it, and {@code io}. Used by the command
 * line and the benchmark.
 */
@NullMarked
package dev.heddle.models;

import org.jspecify.annotations.NullMarked;
