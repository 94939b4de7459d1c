package dev.heddle.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An engine in a Python process that lives for the whole run: a line with words between tabs asks,
 * a line answers. {@code bench/peers/python/peer.py} is the other side.
 */
final class PythonEngine implements Engine {
  /** Names the directory with the environments that {@code bench/peers/setup} makes. */
  static final String ENVIRONMENTS = "heddle.bench.environments";

  /** Names the directory with the peers' scripts. */
  static final String SCRIPTS = "heddle.bench.scripts";

  /** No answer takes as long, not even the compilation of the largest row. */
  private static final int PATIENCE_SECONDS = 180;

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final Path complaints;
  private String version;

  private PythonEngine(String name, Process process, Path complaints) {
    this.name = name;
    this.process = process;
    this.answers = process.inputReader();
    this.questions = process.outputWriter();
    this.complaints = complaints;
    this.version = name;
  }

  /**
   * Starts the process and waits until its library is loaded.
   *
   * @throws UnavailableException if its environment is not there, or its library does not load
   */
  static PythonEngine open(String name, Setting setting) throws UnavailableException {
    String environments = System.getProperty(ENVIRONMENTS);
    String scripts = System.getProperty(SCRIPTS);
    if (environments == null || scripts == null) {
      throw new UnavailableException("only ./heddle bench knows where its Python is");
    }
    Path python = Path.of(environments, name, "bin", "python");
    if (!Files.isExecutable(python)) {
      throw new UnavailableException(
          "no Python environment; bench/peers/setup %s makes it".formatted(name));
    }
    Path script = Path.of(scripts, name + "_peer.py");
    Path complaints = setting.folder().resolve(name + ".err");
    try {
      Process process =
          new ProcessBuilder(
                  python.toString(),
                  script.toString(),
                  Integer.toString(setting.threads()),
                  setting.dtype().toString())
              .redirectError(complaints.toFile())
              .start();
      PythonEngine engine = new PythonEngine(name, process, complaints);
      try {
        engine.version = engine.answer().getFirst();
      } catch (IOException | UnavailableException e) {
        engine.close();
        throw e;
      }
      return engine;
    } catch (IOException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public float[] load(Problem problem) throws UnavailableException, IOException {
    Path output = problem.folder().resolve(name + ".out");
    ask(
        "load",
        problem.npz().toString(),
        output.toString(),
        Integer.toString(problem.row().heads()),
        Integer.toString(problem.row().causal() ? 1 : 0),
        name.equals("ort") ? problem.onnx().toString() : "");
    answer();
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(output)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  @Override
  public long[] time(int calls) throws IOException {
    ask("time", Integer.toString(calls));
    try {
      return Arrays.stream(answer().getFirst().split(" ")).mapToLong(Long::parseLong).toArray();
    } catch (UnavailableException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void ask(String... words) throws IOException {
    questions.write(String.join("\t", words) + "\n");
    questions.flush();
  }

  /** The words after {@code ok}. */
  private List<String> answer() throws UnavailableException, IOException {
    @Nullable String line = patiently(new FutureTask<>(answers::readLine));
    if (line == null) {
      throw new IOException("its process ended: " + lastWords());
    }
    String[] words = line.split("\t", 2);
    if (!words[0].equals("ok")) {
      throw new UnavailableException(words.length > 1 ? words[1] : line);
    }
    return List.of(words[1]);
  }

  private @Nullable String patiently(FutureTask<@Nullable String> reading) throws IOException {
    Thread.startVirtualThread(reading);
    try {
      return reading.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new IOException("no answer in %d seconds".formatted(PATIENCE_SECONDS), e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(complaints);
    return lines.isEmpty() ? "it said nothing" : lines.getLast();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
