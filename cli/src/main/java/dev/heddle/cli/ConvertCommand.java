package dev.heddle.cli;
import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
final class ConvertCommand implements Command {
  @Override
  public void declare(CommandSpec spec) {}
  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {}
}
