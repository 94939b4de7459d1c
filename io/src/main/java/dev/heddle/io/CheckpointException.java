package dev.heddle.io;

import java.io.IOException;
import java.io.Serial;

/**
 * A file is malformed: truncated, of another format, or with inconsistent sizes. The message names
 * the file and the key or tensor in it.
 */
public class CheckpointException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * An exception with a message.
   *
   * @param message the file, the place in it, what was expected and what was found
   */
  public CheckpointException(String message) {
    super(message);
  }

  /**
   * An exception with a message and a cause.
   *
   * @param message the file, the place in it, what was expected and what was found
   * @param cause the exception that caused it
   */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
