package dev.heddle.io;

import java.io.IOException;
import java.io.Serial;

/**
 * A file that is not what it claims to be: truncated, of another format, or with sizes that lie.
 * The message names the file and, inside it, the key or tensor.
 */
public class CheckpointException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * An exception whose message stands alone.
   *
   * @param message the file, the place in it, what was expected and what was found
   */
  public CheckpointException(String message) {
    super(message);
  }

  /**
   * An exception that another one led to.
   *
   * @param message the file, the place in it, what was expected and what was found
   * @param cause what went wrong below
   */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
