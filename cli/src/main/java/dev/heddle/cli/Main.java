package dev.heddle.cli;

import java.lang.module.ModuleDescriptor;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program {@code heddle}: exit status 0 done, 1 failed, 2 wrong usage. */
@Command(
    name = "heddle",
    description = "Flax Linen's attention for the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {

  /**
   * Runs the command line and leaves the JVM with its exit status.
   *
   * @param args the words after {@code heddle}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  /** Prints the version, as no command was named. */
  @Override
  public Integer call() {
    System.out.println(Version.line());
    return 0;
  }

  /** The version that the build wrote into the module. */
  static final class Version implements IVersionProvider {
    static String line() {
      ModuleDescriptor descriptor = Main.class.getModule().getDescriptor();
      return "heddle "
          + (descriptor == null ? "(unpacked)" : descriptor.rawVersion().orElse("(unversioned)"));
    }

    @Override
    public String[] getVersion() {
      return new String[] {line()};
    }
  }
}
