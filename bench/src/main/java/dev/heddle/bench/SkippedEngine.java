package dev.heddle.bench;

import org.jspecify.annotations.Nullable;

/**
 * A requested engine that was not measured.
 *
 * @param engine its name on the command line
 * @param row the row; null for all rows
 * @param reason a sentence without a full stop
 */
record SkippedEngine(String engine, @Nullable Row row, String reason) {
  /** A line for reports. */
  String line() {
    return "left out: %s%s: %s".formatted(engine, row == null ? "" : " in " + row.label(), reason);
  }
}
