package dev.heddle.bench;

import java.io.Serial;

/** An engine that cannot take part, or not in a row; its message is the reason that is shown. */
public final class UnavailableException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** With the reason, a sentence without a full stop. */
  public UnavailableException(String reason) {
    super(reason);
  }

  /** With the reason and what it comes from. */
  public UnavailableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
