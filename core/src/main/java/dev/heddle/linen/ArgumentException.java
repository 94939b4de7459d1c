package dev.heddle.linen;

/**
 * An input of a module's call does not fit. {@link #argument} tells a caller that read the inputs
 * from several files, such as the command line, which of them is wrong.
 */
public final class ArgumentException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String argument;

  /**
   * Creates an exception whose message begins with the module's path.
   *
   * @param argument Flax's name of the argument, such as {@code inputs_q}, or of the collection of
   *     variables, such as {@code cache}
   */
  public ArgumentException(Scope scope, String argument, String message) {
    super(scope.path() + ": " + message);
    this.argument = argument;
  }

  /** Flax's name of the argument, or the name of the collection of variables. */
  public String argument() {
    return argument;
  }
}
