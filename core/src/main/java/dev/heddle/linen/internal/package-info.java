/**
 * Parts that the packages of {@code linen} share: settings in {@code toString}, names of arguments
 * in messages, suggestions of names. Not exported.
 *
 * <p>Uses nothing. Used by the packages of {@code linen}.
 */
@NullMarked
package dev.heddle.linen.internal;

import org.jspecify.annotations.NullMarked;
