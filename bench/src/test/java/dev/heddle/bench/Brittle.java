package dev.heddle.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A peer for tests: Heddle in the process of a peer, which exits without a response when it is
 * first timed. A file records that this has happened.
 */
public final class Brittle implements EngineProvider {
  /** The exit status of the process. */
  static final int STATUS = 42;

  /** For the service loader. */
  public Brittle() {}

  @Override
  public String name() {
    return "djl-pytorch";
  }

  @Override
  public Engine open(Setting setting) {
    return new Running(setting.folder().resolve("broken"));
  }

  private static final class Running implements Engine {
    private final HeddleEngine heddle = new HeddleEngine();
    private final Path broken;

    Running(Path broken) {
      this.broken = broken;
    }

    @Override
    public String version() {
      System.out.println("not an answer");
      return "Brittle 1";
    }

    @Override
    public Outputs load(Problem problem) {
      return heddle.load(problem);
    }

    @Override
    public long[] time(int calls) {
      if (!Files.exists(broken)) {
        try {
          Files.createFile(broken);
        } catch (java.io.IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
        Runtime.getRuntime().halt(STATUS);
      }
      return heddle.time(calls);
    }

    @Override
    public void close() {
      heddle.close();
    }
  }
}
