package dev.heddle.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The engines of a run by their names on the command line, the peers in separate processes. */
final class Engines implements AutoCloseable {
  /** The property for the directory of the environments that {@code bench/peers/setup} creates. */
  static final String ENVIRONMENTS = "heddle.bench.environments";

  /** The property for the directory of the peers' scripts. */
  static final String SCRIPTS = "heddle.bench.scripts";

  private final Setting setting;
  private final SequencedMap<String, Engine> running = new LinkedHashMap<>();

  /** Makes an empty set. */
  Engines(Setting setting) {
    this.setting = setting;
  }

  /**
   * Opens an engine, or reopens it after a failure.
   *
   * @throws UnavailableException if it is not available on this machine
   */
  Engine open(String name) throws UnavailableException {
    Engine engine = running.get(name);
    if (engine == null) {
      engine =
          switch (name) {
            case "heddle" -> new HeddleEngine();
            case "flax", "torch", "ort", "openvino" -> python(name);
            default -> jvm(name);
          };
      running.put(name, engine);
    }
    return engine;
  }

  /**
   * Checks whether an engine supports a row, on any machine.
   *
   * @throws UnavailableException with the reason if it does not
   */
  static void checkPart(String name, Row row) throws UnavailableException {
    if (row.task() == Task.FORWARD) {
      return;
    }
    switch (name) {
      case "ort", "ort-java" ->
          throw new UnavailableException("ONNX Runtime computes only the forward pass");
      case "openvino" -> throw new UnavailableException("OpenVINO computes only the forward pass");
      case "djl-pytorch" ->
          throw new UnavailableException(
              "its TorchScript program computes only the forward pass; torch is the same library");
      default -> {}
    }
  }

  /** The memory of Heddle's calls; null for other engines. */
  @Nullable Memory memory(String name, long usedBefore) {
    return running.get(name) instanceof HeddleEngine heddle ? heddle.memory(usedBefore) : null;
  }

  /** Closes an engine that failed. */
  void drop(String name) {
    Engine engine = running.remove(name);
    if (engine != null) {
      engine.close();
    }
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::drop);
  }

  private Engine python(String name) throws UnavailableException {
    String environments = System.getProperty(ENVIRONMENTS);
    String scripts = System.getProperty(SCRIPTS);
    if (environments == null || scripts == null) {
      throw new UnavailableException("the path of its Python is set only by ./heddle bench");
    }
    Path python = Path.of(environments, name, "bin", "python");
    if (!Files.isExecutable(python)) {
      throw new UnavailableException(
          "no Python environment; bench/peers/setup %s creates it".formatted(name));
    }
    List<String> command =
        List.of(
            python.toString(),
            Path.of(scripts, name + "_peer.py").toString(),
            Integer.toString(setting.threads()),
            setting.dtype().toString());
    ProcessEngine.Wording wording =
        (problem, output) -> {
          List<String> words = new ArrayList<>();
          words.add(problem.npz().toString());
          words.add(output.toString());
          problem.settings().forEach((setting, value) -> words.add(setting + "=" + value));
          if (name.equals("ort")) {
            problem.onnx().forEach((form, file) -> words.add("onnx." + form + "=" + file));
          }
          return words;
        };
    return open(name, command, wording);
  }

  /** A JVM like this one. */
  private Engine jvm(String name) throws UnavailableException {
    JvmPeer.provider(name); // checked first, since starting a JVM takes time
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-Dheddle.threads=" + setting.threads(),
            "-XX:+DisplayVMOutputToStderr",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + setting.folder().resolve(name + ".crash"),
            "-cp",
            System.getProperty("java.class.path"),
            JvmPeer.class.getName(),
            name,
            Integer.toString(setting.threads()),
            setting.dtype().toString(),
            setting.folder().toString()));
    return open(
        name, command, (problem, output) -> List.of(problem.row().label(), output.toString()));
  }

  private Engine open(String name, List<String> command, ProcessEngine.Wording wording)
      throws UnavailableException {
    return ProcessEngine.open(
        name, command, setting.folder(), wording, ProcessEngine.PATIENCE_SECONDS);
  }
}
