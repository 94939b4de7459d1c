package dev.heddle.cli;

import dev.heddle.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Checks the files that a command writes, before it reads or computes anything: the folder of each
 * exists and is writable, and none is an input or another output of the command, also by another
 * name, a link or another case of letters.
 */
final class Outputs {
  private Outputs() {}

  /** A file named on the command line. */
  private record Named(String argument, FileRole role, Path path) {}

  /**
   * Checks all outputs of a command.
   *
   * @param options the parsed command line
   * @throws FailedException if one has no folder, or would replace an input
   * @throws IOException if one cannot be written, or files cannot be compared
   */
  static void check(ParseResult options) throws IOException {
    List<Named> all = named(options);
    for (Named one : all) {
      if (one.role != FileRole.INPUT) {
        requireApart(one, all);
        requireWritable(one.path);
      }
    }
  }

  /**
   * Checks a file that a command writes in addition to an output.
   *
   * @param path the file
   * @param options the parsed command line
   * @throws FailedException if it is one of the files named on the command line
   * @throws IOException if files cannot be compared
   */
  static void checkBeside(Path path, ParseResult options) throws IOException {
    for (Named other : named(options)) {
      if (isSame(path, other.path)) {
        throw new FailedException(
            "%s: is written in addition to the output, and is the file of %s; expected another name"
                .formatted(path, other.argument));
      }
    }
  }

  private static List<Named> named(ParseResult options) {
    List<Named> all = new ArrayList<>();
    Stream.concat(options.matchedOptionsSet().stream(), options.matchedPositionals().stream())
        .forEach(argument -> add(argument, all));
    return all;
  }

  private static void add(ArgSpec argument, List<Named> all) {
    String name =
        argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    Path[] paths =
        switch ((@Nullable Object) argument.getValue()) {
          case Path path -> new Path[] {path};
          case Path[] several -> several;
          case null, default -> new Path[0];
        };
    Arrays.stream(paths).forEach(path -> all.add(new Named(name, FileRole.of(argument), path)));
  }

  private static void requireApart(Named output, List<Named> all) throws IOException {
    for (Named other : all) {
      boolean clashes = output.role == other.role || other.role == FileRole.INPUT;
      if (other != output && clashes && isSame(output.path, other.path)) {
        throw new FailedException(
            "%s: %s names the same file as %s; expected another"
                .formatted(output.path, output.argument, other.argument));
      }
    }
  }

  /** Whether two names denote one file, or will once it is created. */
  private static boolean isSame(Path one, Path other) throws IOException {
    if (Files.exists(one) && Files.exists(other)) {
      return Files.isSameFile(one, other);
    }
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private static void requireWritable(Path path) throws IOException {
    @Nullable Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new FailedException(path + ": folder does not exist: " + folder);
    }
    if (Files.isDirectory(path)) {
      throw new FailedException(path + ": is a folder, expected a file's name");
    }
    AtomicFile.check(path);
  }
}
