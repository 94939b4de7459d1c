/** Holds the documentation to its word. Uses everything it shows; used by nothing. */
@NullMarked
package dev.heddle.docs;

import org.jspecify.annotations.NullMarked;
