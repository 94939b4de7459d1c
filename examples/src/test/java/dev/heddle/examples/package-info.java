/**
 * Tests of the starting points of users: the programs in {@code examples}, the page on projects,
 * the consumers' projects, an image made by jlink, the API reference. Uses the published modules;
 * used by nothing.
 */
@NullMarked
package dev.heddle.examples;

import org.jspecify.annotations.NullMarked;
