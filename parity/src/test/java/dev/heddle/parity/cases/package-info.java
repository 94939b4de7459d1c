/**
 * The case format of parity/FORMAT.md: files, their JSON and their tensors. Uses {@code array} for
 * the tensors and Jackson for the JSON; used by the runners of cases.
 */
@NullMarked
package dev.heddle.parity.cases;

import org.jspecify.annotations.NullMarked;
