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
 * The machine and the software of a run.
 *
 * @param cpu the processor's name
 * @param processors the number of processors that this process may use
 * @param threads the number of threads that each engine may use
 * @param placement the processors that the engines run on
 * @param load the load average of the system over the minute before the run, which should be near
 *     0; negative where it is not available
 * @param system the operating system
 * @param java the JVM
 * @param heddle Heddle's version
 * @param kernels Heddle's kernels, and why they were selected
 * @param fmaGflops the result of {@link FmaLimit} on that many threads, in float32
 * @param javaOptions the options of the JVM, without the launcher's paths
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

  /** The current machine. */
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

  /** The current load average, which measuring increases. */
  static double loadAverage() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static List<String> options() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Dheddle.bench.") && !option.contains("CACHE_DIR="))
        .toList();
  }

  /** The version in the jar's manifest. */
  static String version() {
    @Nullable String version = Machine.class.getPackage().getImplementationVersion();
    return version == null ? "(no jar)" : version;
  }

  /** The processor's name on Linux; elsewhere its architecture. */
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
