package dev.heddle.bench;

import java.io.Serial;

/** An engine is not available, or not for a row; the message is the reason in the reports. */
public final class UnavailableException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** Makes an exception with the reason, a sentence without a full stop. */
  public UnavailableException(String reason) {
    super(reason);
  }

  /** Makes an exception with the reason and its cause. */
  public UnavailableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
