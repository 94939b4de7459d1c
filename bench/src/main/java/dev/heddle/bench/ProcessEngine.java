package dev.heddle.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * An engine in a separate process, so that a crash or a hang of its native code affects only that
 * process, which runs {@code bench/peers/python/peer.py} or {@link JvmPeer}.
 */
final class ProcessEngine implements Engine {
  /** The timeout in seconds, longer than the compilation of the largest row. */
  static final int PATIENCE_SECONDS = 180;

  private final String name;
  private final Peer peer;
  private final Wording wording;
  private final String version;
  private String form = "";

  private ProcessEngine(String name, Peer peer, Wording wording, String version) {
    this.name = name;
    this.peer = peer;
    this.wording = wording;
    this.version = version;
  }

  /** Makes the request to load a row. */
  @FunctionalInterface
  interface Wording {
    /** The words after {@code load}; the peer writes its outputs to the npz file. */
    List<String> load(Problem problem, Path output) throws IOException;
  }

  /**
   * Starts the process and waits until its library is loaded.
   *
   * @param name the engine's name on the command line
   * @param command the program and its arguments
   * @param timeout the number of seconds without a response after which it is stopped
   * @throws UnavailableException if it does not start, or its library does not load
   */
  static ProcessEngine open(
      String name, List<String> command, Path folder, Wording wording, int timeout)
      throws UnavailableException {
    try {
      Peer peer = Peer.start(command, folder.resolve(name + ".err"), timeout);
      try {
        return new ProcessEngine(name, peer, wording, peer.answer());
      } catch (IOException | UnavailableException e) {
        peer.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Outputs load(Problem problem) throws UnavailableException, IOException {
    Path output = problem.folder().resolve(name + ".out");
    List<String> words = wording.load(problem, output);
    String[] question = new String[1 + words.size()];
    question[0] = "load";
    for (int i = 0; i < words.size(); i++) {
      question[1 + i] = words.get(i);
    }
    form = peer.ask(question);
    return Outputs.load(output);
  }

  @Override
  public String form() {
    return form;
  }

  @Override
  public long[] time(int calls) throws IOException {
    try {
      String nanos = peer.ask("time", Integer.toString(calls));
      return Arrays.stream(nanos.split(" ")).mapToLong(Long::parseLong).toArray();
    } catch (UnavailableException | NumberFormatException e) {
      throw new IOException("times: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    peer.close();
  }
}
