package dev.heddle.cli;

import java.io.PrintStream;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle completion}: a script that completes commands, options and file names. */
final class CompletionCommand implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh");

  @Override
  public void declare(CommandSpec spec) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("SHELL")
            .type(String.class)
            .arity("0..1")
            .index("0")
            .completionCandidates(SHELLS)
            .description("bash (default) or zsh; one script serves both.")
            .build());
    Examples.of(
        spec,
        "source <(heddle completion)",
        "heddle completion bash > ~/.local/share/bash-completion/completions/heddle");
  }

  @Override
  public void run(ParseResult options, PrintStream out) {
    String shell = options.matchedPositionalValue(0, "bash");
    if (!SHELLS.contains(shell)) {
      throw new UsageException(
          "completion: shell " + shell + ": expected one of " + String.join(", ", SHELLS));
    }
    out.print(AutoComplete.bash("heddle", new CommandLine(Commands.all())));
  }
}
