package dev.heddle.cli;

import java.io.Serial;

/** A command failed; the message is printed as one line. Exit status 1. */
final class FailedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  FailedException(String message) {
    super(message);
  }

  FailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
