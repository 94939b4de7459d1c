package dev.heddle.bench;

import dev.heddle.array.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * The process of a peer in a JVM. Requests: {@code load ROW OUT} computes a row once and writes the
 * results as an npz file, {@code time CALLS} returns the nanoseconds of that many calls.
 */
public final class JvmPeer {
  private final DType dtype;
  private final Path folder;
  private final PrintStream answers;

  private JvmPeer(DType dtype, Path folder, PrintStream answers) {
    this.dtype = dtype;
    this.folder = folder;
    this.answers = answers;
  }

  /**
   * Answers requests until standard input ends.
   *
   * @param args the engine's name, the number of threads, the dtype, the folder for files
   * @throws IOException if standard input cannot be read
   */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // libraries may print
    Setting setting = new Setting(Integer.parseInt(args[1]), DType.of(args[2]), Path.of(args[3]));
    new JvmPeer(setting.dtype(), setting.folder(), answers).serve(args[0], setting);
  }

  /**
   * The provider of an engine.
   *
   * @throws UnavailableException if its library is not on the class path
   */
  static EngineProvider provider(String name) throws UnavailableException {
    for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
      if (provider.name().equals(name)) {
        return provider;
      }
    }
    throw new UnavailableException("its library is not on the class path; ./heddle bench adds it");
  }

  private void serve(String name, Setting setting) throws IOException {
    try (Engine engine = provider(name).open(setting)) {
      answer("ok", engine.version());
      BufferedReader requests =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        try {
          answer("ok", answer(engine, line.split("\t")));
        } catch (UnavailableException | IOException | RuntimeException | LinkageError e) {
          answer("unavailable", reason(e));
        }
      }
    } catch (UnavailableException e) {
      answer("unavailable", reason(e));
    } catch (LinkageError e) { // of its native library or one of its classes
      answer("unavailable", "its library does not load: " + reason(e));
    }
  }

  private String answer(Engine engine, String[] words) throws UnavailableException, IOException {
    if (words[0].equals("time")) {
      return Arrays.stream(engine.time(Integer.parseInt(words[1])))
          .mapToObj(Long::toString)
          .collect(Collectors.joining(" "));
    }
    engine.load(Problem.of(Row.of(words[1]), dtype, folder)).save(Path.of(words[2]));
    return engine.form();
  }

  private void answer(String kind, String words) {
    answers.print(kind + "\t" + words + "\n");
    answers.flush();
  }

  private static String reason(Throwable e) {
    return String.valueOf(e.getMessage())
        .lines()
        .findFirst()
        .orElse(e.getClass().getSimpleName())
        .replace('\t', ' ');
  }
}
