package dev.heddle.bench;

import dev.heddle.kernel.KernelChoice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where and with what a run was made.
 *
 * @param cpu the processor's name
 * @param processors how many this process may use
 * @param threads how many each engine may use
 * @param placement on which processors the engines run
 * @param load how many threads of all processes wanted a processor when the run began, on average
 *     over a minute: it should be near 0; negative where the system does not say
 * @param system the operating system
 * @param java the JVM
 * @param heddle Heddle's version
 * @param kernels Heddle's kernels, and why these
 * @param fmaGflops what {@link FmaLimit} measured on that many threads, in float32
 * @param javaOptions what the JVM was started with, without paths of the launcher's
 * @param engines the versions of the engines by their names on the command line
 */
record Machine(
    String cpu,
    int processors,
    int threads,
    String placement,
    double load,
    String system,
    String java,
    String heddle,
    String kernels,
    double fmaGflops,
    List<String> javaOptions,
    SequencedMap<String, String> engines) {

  /** This one. */
  static Machine here(
      int threads,
      String placement,
      double load,
      double fmaGflops,
      SequencedMap<String, String> engines) {
    KernelChoice choice = KernelChoice.current();
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        threads,
        placement,
        load,
        "%s %s %s".formatted(property("os.name"), property("os.version"), property("os.arch")),
        "%s, %s".formatted(property("java.vm.name"), property("java.vm.version")),
        version(),
        "%s: %s".formatted(choice.kernels().name(), choice.why()),
        fmaGflops,
        options(),
        engines);
  }

  /** The load now; measuring adds to it. */
  static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static List<String> options() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Dheddle.bench.") && !option.contains("CACHE_DIR="))
        .toList();
  }

  /** The version that the build wrote into the jar. */
  static String version() {
    @Nullable String version = Machine.class.getPackage().getImplementationVersion();
    return version == null ? "(no jar)" : version;
  }

  /** What Linux calls the processor; elsewhere its architecture. */
  private static String processorName() {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return property("os.arch");
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(property("os.arch"));
    } catch (IOException e) {
      return property("os.arch") + " (" + e.getMessage() + ")";
    }
  }

  private static String property(String name) {
    return System.getProperty(name, "(unknown)");
  }
}
