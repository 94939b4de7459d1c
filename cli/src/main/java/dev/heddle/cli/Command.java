package dev.heddle.cli;

import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of the program: what it accepts, and what it does. */
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
   * Does the work; returning is success.
   *
   * @param options what the user gave
   * @param out standard output
   * @throws UsageException if the words contradict each other (exit status 2)
   * @throws IOException if a file is missing, wrong or cannot be written (exit status 1)
   */
  void run(ParseResult options, PrintStream out) throws IOException;
}
