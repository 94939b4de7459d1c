package dev.heddle.cli;

import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of the program: its options and its action. */
sealed interface Command
    permits ApplyCommand,
        BenchCommand,
        CompletionCommand,
        ConvertCommand,
        DemoCommand,
        GenerateCommand,
        GradCommand,
        HelpCommand,
        InitCommand,
        InspectCommand,
        TrainCommand,
        VersionCommand {

  /**
   * Adds the options, the description and the examples of this command.
   *
   * @param spec the specification to fill
   */
  void declare(CommandSpec spec);

  /**
   * Runs the command; a normal return is success.
   *
   * @param options the parsed command line
   * @param out standard output
   * @throws UsageException if the arguments are inconsistent (exit status 2)
   * @throws IOException if a file is missing, malformed or cannot be written (exit status 1)
   */
  void run(ParseResult options, PrintStream out) throws IOException;
}
