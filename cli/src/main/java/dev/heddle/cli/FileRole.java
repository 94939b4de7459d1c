package dev.heddle.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.ArgSpec;

/**
 * How a command uses a file that an option names. An option of type {@link Path} without a role is
 * an input.
 */
enum FileRole {
  /** It is read. */
  INPUT,
  /** It is written; an existing file is replaced. */
  OUTPUT,
  /** It is read, then replaced. */
  UPDATED;

  /** The role of an option or a positional argument. */
  static FileRole of(ArgSpec argument) {
    return argument.userObject() instanceof FileRole role ? role : INPUT;
  }
}
