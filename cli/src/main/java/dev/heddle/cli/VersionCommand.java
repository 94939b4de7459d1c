package dev.heddle.cli;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Workers;
import java.io.PrintStream;
import java.lang.module.ModuleDescriptor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle version}: prints versions and the selected kernels. */
final class VersionCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    Examples.of(spec, "heddle version");
  }

  @Override
  public void run(ParseResult options, PrintStream out) {
    KernelChoice choice = KernelChoice.current();
    out.println("heddle  " + version());
    out.println(
        "java    %s, %s, on %s %s"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("java.vm.name"),
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
    out.println("kernels " + choice.kernels().name() + ": " + choice.why());
    out.println("tiles   " + choice.kernels().tiles());
    out.println("threads " + Workers.threads());
  }

  /** The module's version, set by the build. */
  static String version() {
    @Nullable ModuleDescriptor descriptor = Main.class.getModule().getDescriptor();
    return descriptor == null
        ? "(not run as a module)"
        : descriptor.rawVersion().orElse("(no version)");
  }
}
