package dev.heddle.bench;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats numbers for reports. */
final class Text {
  private Text() {}

  /** As {@link String#format}, independent of the locale. */
  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** Milliseconds with three or four significant digits. */
  static String millis(double ms) {
    return format(ms < 1 ? "%.4f" : ms < 10 ? "%.3f" : ms < 100 ? "%.2f" : "%.1f", ms);
  }

  /** A share as a percentage. */
  static String percent(double share) {
    return format("%.0f %%", 100 * share);
  }

  /** A ratio of times. */
  static String ratio(double ratio) {
    return format("%.2f", ratio);
  }

  /** A number of bytes with its unit, of 1,024 each. */
  static String bytes(long bytes) {
    double kilo = bytes / 1024.0;
    return bytes < 1024
        ? bytes + " B"
        : kilo < 1024 ? format("%.1f KB", kilo) : format("%.1f MB", kilo / 1024);
  }

  /** The reason of a failure, in one line: the message, with the exception's class where needed. */
  static String reason(Throwable e) {
    String kind = e.getClass().getSimpleName();
    @Nullable String message = e.getMessage();
    if (message == null || message.isBlank()) {
      return kind;
    }
    String first = message.strip().lines().findFirst().orElse(kind);
    return e instanceof IOException || e instanceof UnavailableException
        ? first
        : kind + ": " + first;
  }
}
