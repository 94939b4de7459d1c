package dev.heddle.cli;

import dev.heddle.io.Suggest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands by name; the class of a command is loaded when it is used. */
enum Commands {
  INIT("Initializes the variables of a configuration."),
  APPLY("Computes attention and writes the output."),
  GRAD("Computes attention's vector-Jacobian product for parameters and inputs."),
  TRAIN("Trains a small language model on a text."),
  GENERATE("Continues a text with a model that train wrote."),
  INSPECT("Lists the tensors of files: names, dtypes, shapes, sizes, metadata."),
  CONVERT("Converts attention weights between frameworks' layouts."),
  DEMO("Shows a real model's attention, then trains a small model on the documentation."),
  BENCH("Compares the speed of Heddle and other engines."),
  VERSION("Prints the versions and the kernels in use."),
  HELP("Shows a command's options and examples."),
  COMPLETION("Prints a completion script for bash or zsh.");

  private final String summary;

  Commands(String summary) {
    this.summary = summary;
  }

  /**
   * The command with a name.
   *
   * @param name as the user typed it
   * @return null if there is none
   */
  static @Nullable Command named(String name) {
    for (Commands one : values()) {
      if (one.word().equals(name)) {
        return one.make();
      }
    }
    return null;
  }

  /** The names of all commands. */
  static List<String> words() {
    return Arrays.stream(values()).map(Commands::word).toList();
  }

  /**
   * The error message for a word that is not a command.
   *
   * @param word as the user typed it
   */
  static String unknown(String word) {
    return (word.startsWith("-") ? "unknown option " : "unknown command ")
        + word
        + Suggest.hint(word, words())
        + " (see heddle --help)";
  }

  /**
   * One command's specification, including the global options.
   *
   * @param name the command's name
   * @param command the command
   */
  static CommandSpec spec(String name, Command command) {
    CommandSpec spec = CommandSpec.create().name("heddle " + name);
    spec.usageMessage().sortOptions(false).width(100).description(valueOf(upper(name)).summary);
    command.declare(spec);
    GlobalOptions.declare(spec, valueOf(upper(name)).computes());
    return spec;
  }

  /** The specification of all commands, for the help and for completion. */
  static CommandSpec all() {
    CommandSpec spec = CommandSpec.create().name("heddle");
    spec.usageMessage()
        .sortOptions(false)
        .width(100)
        .description("Flax Linen's multi-head attention for the JVM: init, apply, grad, convert.")
        .commandListHeading("%nCommands:%n")
        .footerHeading("%nExamples:%n")
        .footer(
            "  heddle demo",
            "  heddle init  --config C.json --inputs I.npz --output V.safetensors",
            "  heddle apply --config C.json --variables V.safetensors --inputs I.npz --output"
                + " O.npz",
            "",
            "heddle COMMAND --help shows a command's options and examples. In a source checkout,",
            "heddle test builds and checks everything, heddle parity compares random cases with Flax,",
            "heddle tidy formats the sources.");
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Shows this help.").build());
    spec.addOption(OptionSpec.builder("--version").description("Same as heddle version.").build());
    for (Commands one : values()) {
      CommandSpec sub = spec(one.word(), one.make());
      spec.addSubcommand(one.word(), new CommandLine(sub.name(one.word())));
    }
    return spec;
  }

  private Command make() {
    return switch (this) {
      case INIT -> new InitCommand();
      case APPLY -> new ApplyCommand();
      case GRAD -> new GradCommand();
      case TRAIN -> new TrainCommand();
      case GENERATE -> new GenerateCommand();
      case INSPECT -> new InspectCommand();
      case CONVERT -> new ConvertCommand();
      case DEMO -> new DemoCommand();
      case BENCH -> new BenchCommand();
      case VERSION -> new VersionCommand();
      case HELP -> new HelpCommand();
      case COMPLETION -> new CompletionCommand();
    };
  }

  /** Whether the command computes, so that its help shows the options for that. */
  private boolean computes() {
    return this != HELP && this != COMPLETION && this != VERSION && this != INSPECT;
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }
}
