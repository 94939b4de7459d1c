package dev.heddle.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The end of a command's help: example commands, and notes that apply to all commands. */
final class Examples {
  private Examples() {}

  /**
   * Adds the examples to a command's help.
   *
   * @param spec the command's specification
   * @param lines the example commands
   */
  static void of(CommandSpec spec, String... lines) {
    List<String> footer = new ArrayList<>();
    Arrays.stream(lines).map(line -> line.isEmpty() ? "" : "  " + line).forEach(footer::add);
    footer.add("");
    footer.add(
        "Tensor files: .safetensors, .npz or .msgpack. Exit status: 0 done, 1 failed, 2 usage.");
    spec.usageMessage().footerHeading("%nExamples:%n").footer(footer.toArray(String[]::new));
  }
}
