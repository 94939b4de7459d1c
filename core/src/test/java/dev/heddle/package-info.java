/**
 * Tests of the house itself: its layers, its rules, its launcher. Uses {@code support} and every
 * file of the repository; used by nothing.
 */
@NullMarked
package dev.heddle;

import org.jspecify.annotations.NullMarked;
