package dev.heddle.cli;

import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle help}: the list of commands, or one command's options, as {@code --help}. */
final class HelpCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("COMMAND")
            .type(String.class)
            .arity("0..1")
            .index("0")
            .completionCandidates(Commands.words())
            .description("The command; lists all commands if omitted.")
            .build());
    Examples.of(spec, "heddle help", "heddle help apply");
  }

  @Override
  public void run(ParseResult options, PrintStream out) {
    String name = options.matchedPositionalValue(0, "");
    new CommandLine(name.isEmpty() ? Commands.all() : spec(name)).usage(out, Ansi.AUTO);
  }

  private static CommandSpec spec(String name) {
    Command command = Commands.named(name);
    if (command == null) {
      throw new UsageException(Commands.unknown(name));
    }
    return Commands.spec(name, command);
  }
}
