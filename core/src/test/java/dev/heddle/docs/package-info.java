/**
 * Tests of the documentation: its Java is compiled and run. Uses every exported package; used by
 * nothing.
 */
@NullMarked
package dev.heddle.docs;

import org.jspecify.annotations.NullMarked;
