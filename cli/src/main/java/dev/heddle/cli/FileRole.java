package dev.heddle.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.ArgSpec;

/**
 * What a command does with a file that an option names. An option for a {@link Path} without a role
 * is an input.
 */
enum FileRole {
  /** It is read. */
  INPUT,
  /** It is written, and one that exists is replaced. */
  OUTPUT,
  /** It is read, then replaced. */
  UPDATED;

  /** The role of an option or of a positional word. */
  static FileRole of(ArgSpec argument) {
    return argument.userObject() instanceof FileRole role ? role : INPUT;
  }
}
