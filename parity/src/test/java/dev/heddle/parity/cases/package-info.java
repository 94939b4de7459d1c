/**
 * The case format of parity/FORMAT.md: files, their JSON and their tensors. Uses {@code array} for
 * the tensors and Jackson for the JSON; used by everything that asks Heddle a case.
 */
@NullMarked
package dev.heddle.parity.cases;

import org.jspecify.annotations.NullMarked;
