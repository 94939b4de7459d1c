package dev.heddle.cli;

import java.io.PrintStream;
import java.lang.module.ModuleDescriptor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle version}: what runs here. */
final class VersionCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    Examples.of(spec, "heddle version");
  }

  @Override
  public void run(ParseResult options, PrintStream out) {
    Runtime runtime = Runtime.getRuntime();
    out.println("heddle  " + version());
    out.println(
        "java    %s, %s, on %s %s"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("java.vm.name"),
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
    out.println("kernels scalar: the dev.heddle.simd module is not present");
    out.println(
        "threads "
            + System.getProperty(
                "heddle.threads", Integer.toString(runtime.availableProcessors())));
  }

  /** The version that the build wrote into the module. */
  static String version() {
    @Nullable ModuleDescriptor descriptor = Main.class.getModule().getDescriptor();
    return descriptor == null
        ? "(not run as a module)"
        : descriptor.rawVersion().orElse("(no version)");
  }
}
