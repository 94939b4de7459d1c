package dev.heddle.cli;

import dev.heddle.io.CheckpointException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The program {@code heddle}: exit status 0 success, 1 failure, 2 usage error.
 *
 * <p>Only the named command is created and loaded. An error is one line on standard error; {@code
 * --debug} adds the stack trace.
 */
public final class Main {
  private Main() {}

  /**
   * Runs the command line and leaves the JVM with its exit status.
   *
   * @param args the words after {@code heddle}
   */
  public static void main(String[] args) {
    int status = run(args, System.out, System.err);
    if (status != ExitCode.OK) {
      System.exit(status); // otherwise returning is faster: exit looks up a logger
    }
  }

  /**
   * Runs the command line in this JVM.
   *
   * @param args the words after {@code heddle}
   * @param out standard output
   * @param err standard error
   * @return the exit status
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    int status = answer(args, out, err);
    if (out.checkError() && status == ExitCode.OK) { // a print stream does not throw
      err.println("heddle: standard output: cannot be written");
      return ExitCode.SOFTWARE;
    }
    return status;
  }

  private static int answer(String[] args, PrintStream out, PrintStream err) {
    boolean debug = List.of(args).contains("--debug");
    try {
      List<String> words = commandFirst(args);
      if (words.isEmpty() || words.getFirst().equals("--help") || words.getFirst().equals("-h")) {
        new CommandLine(Commands.all()).usage(out, Ansi.AUTO);
        return ExitCode.OK;
      }
      String name = words.getFirst().equals("--version") ? "version" : words.getFirst();
      Command command = Commands.named(name);
      if (command == null) {
        throw new UsageException(Commands.unknown(name));
      }
      return run(name, command, words.subList(1, words.size()), out);
    } catch (IOException | RuntimeException | Error e) {
      err.println("heddle: " + line(e));
      if (debug) {
        e.printStackTrace(err);
      }
      return e instanceof UsageException ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }
  }

  private static int run(String name, Command command, List<String> words, PrintStream out)
      throws IOException {
    CommandLine line = new CommandLine(Commands.spec(name, command));
    line.registerConverter(Path.class, Options::path);
    Numbers.register(line);
    ParseResult options;
    try {
      options = line.parseArgs(words.toArray(String[]::new));
    } catch (ParameterException e) {
      if (e.getCause() instanceof UsageException invalid) {
        throw invalid; // of a converter
      }
      throw new UsageException(UsageException.text(name, words, e), e);
    }
    if (options.isUsageHelpRequested()) {
      line.usage(out, Ansi.AUTO);
      return ExitCode.OK;
    }
    GlobalOptions.of(options).apply();
    Outputs.check(options);
    command.run(options, out);
    return ExitCode.OK;
  }

  /** Moves global options that precede the command behind it. */
  private static List<String> commandFirst(String[] args) {
    int at = 0;
    while (at < args.length && GlobalOptions.isGlobal(args[at])) {
      at += GlobalOptions.takesNextWord(args[at]) ? 2 : 1;
    }
    if (at >= args.length && args.length > 0) {
      throw new UsageException("a command is missing (see heddle --help)");
    }
    List<String> words = new ArrayList<>(List.of(args).subList(at, args.length));
    words.addAll(Math.min(1, words.size()), List.of(args).subList(0, at));
    return words;
  }

  /** The error message, in one line. */
  private static String line(Throwable e) {
    String text =
        switch (e) {
          case UsageException usage -> message(usage);
          case FailedException failed -> message(failed);
          case CheckpointException checkpoint -> message(checkpoint);
          case NoSuchFileException missing -> missing.getFile() + ": no such file";
          case AccessDeniedException denied -> denied.getFile() + ": permission denied";
          case FileSystemException file -> file.getFile() + ": " + file.getReason();
          case IllegalArgumentException argument -> message(argument);
          case OutOfMemoryError memory ->
              "out of memory ("
                  + memory.getMessage()
                  + "); give the JVM more, for instance"
                  + " HEDDLE_JAVA_OPTS=-Xmx8g";
          case IOException io -> message(io);
          default -> "internal error: " + e + "; --debug shows where";
        };
    return printable(text);
  }

  /** Escapes line breaks and control characters, which names may contain. */
  private static String printable(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (Character.getType(c)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR,
                Character.SURROGATE ->
                out.append(c == '\n' ? "\\n" : String.format("\\u%04x", c));
            default -> out.appendCodePoint(c);
          }
        });
    return out.toString();
  }

  private static String message(Throwable e) {
    @Nullable String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
