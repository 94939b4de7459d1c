package dev.heddle.bench;

import java.util.Locale;

/** Numbers as people read them, alike in every report. */
final class Text {
  private Text() {}

  /** As {@link String#format}, with a point in numbers wherever the machine stands. */
  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Milliseconds with three or four digits that count. */
  static String millis(double ms) {
    return format(ms < 1 ? "%.4f" : ms < 10 ? "%.3f" : ms < 100 ? "%.2f" : "%.1f", ms);
  }

  /** A share as a percentage. */
  static String percent(double share) {
    return format("%.0f %%", 100 * share);
  }
}
