package dev.heddle.bench;

import org.jspecify.annotations.Nullable;

/**
 * An engine that was asked for and not measured.
 *
 * @param engine its name on the command line
 * @param row where; null for everywhere
 * @param reason a sentence without a full stop
 */
record SkippedEngine(String engine, @Nullable Row row, String reason) {
  /** One line for people. */
  String line() {
    return "left out: %s%s: %s".formatted(engine, row == null ? "" : " in " + row.label(), reason);
  }
}
