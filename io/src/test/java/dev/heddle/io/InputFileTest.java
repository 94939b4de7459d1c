package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that change while they are read, pipes, and threads that are interrupted. */
class InputFileTest {
  @TempDir Path folder;

  private static SequencedMap<String, Array> tensors() {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("params/out/kernel", Golden.values(DType.FLOAT32, 200, 300));
    tensors.put("params/out/bias", Golden.values(DType.FLOAT32, 300));
    return tensors;
  }

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    CheckpointFile.write(file, Checkpoint.of(tensors()));
    return file;
  }

  /** A file that is truncated, once, before the first read at or after an offset. */
  private static final class Cut extends InputFile {
    private final Path file;
    private final long length;
    private final long from;

    Cut(Path file, long from, long length) throws IOException {
      super(FileLocation.of(file));
      this.file = file;
      this.from = from;
      this.length = length;
    }

    @Override
    void read(long at, byte[] bytes, int offset, int count) throws IOException {
      if (at >= from) {
        try (RandomAccessFile other = new RandomAccessFile(file.toFile(), "rw")) {
          other.setLength(length);
        }
      }
      super.read(at, bytes, offset, count);
    }
  }

  @ParameterizedTest
  @CsvSource({"safetensors, 8", "safetensors, 100", "msgpack, 1", "msgpack, 70000"})
  void aFileThatIsCutWhileItIsReadIsAnError(String ending, long from) throws IOException {
    Path file = file("x." + ending);
    long size = Files.size(file);
    long length = from < 100 ? 4 : 1000;

    try (InputFile cut = new Cut(file, from, length)) {
      assertThatThrownBy(
              () -> {
                if (ending.equals("msgpack")) {
                  new Msgpack().read(cut);
                } else {
                  Safetensors.read(cut);
                }
              })
          .isInstanceOf(CheckpointException.class)
          .hasMessage(
              file + ": changed while it was read: expected " + size + " bytes, got " + length);
    }
  }

  @Test
  void aFileThatGrowsWhileItIsReadIsAnError() throws IOException {
    Path file = file("x.safetensors");
    long size = Files.size(file);

    try (InputFile grown = new Cut(file, 0, size + 1)) {
      assertThatThrownBy(() -> Safetensors.read(grown))
          .isInstanceOf(CheckpointException.class)
          .hasMessageEndingWith(
              "changed while it was read: expected " + size + " bytes, got " + (size + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "npz", "msgpack"})
  void anInterruptStopsNeitherReadingNorWriting(String ending) throws IOException {
    Path file = folder.resolve("x." + ending);
    Path config = Files.writeString(folder.resolve("c.json"), "{\"num_heads\": 2}");
    Thread.currentThread().interrupt();
    try {
      CheckpointFile.write(file, Checkpoint.of(tensors()));
      CheckpointFile.write(file, Checkpoint.of(tensors())); // replaces it
      assertThat(CheckpointFile.read(file).tensors()).isEqualTo(tensors());
      assertThat(ConfigJson.read(config).settings()).containsEntry("num_heads", 2);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "npz", "msgpack"})
  void aPipeIsReadByItsNameOrByItsContent(String ending) throws Exception {
    Path file = file("x." + ending);
    for (String name : new String[] {"pipe." + ending, "pipe"}) {
      Path pipe = pipe(name);
      CompletableFuture<Void> writer = feed(pipe, Files.readAllBytes(file));

      assertThat(CheckpointFile.read(pipe).tensors()).isEqualTo(tensors());
      writer.join();
    }
  }

  @Test
  void aPipeOfAnotherContentIsAnError() throws Exception {
    for (String name : new String[] {"pipe", "pipe.npz"}) {
      Path pipe = pipe(name);
      CompletableFuture<Void> writer =
          feed(pipe, "{\"num_heads\": 2}\n".getBytes(StandardCharsets.UTF_8));

      assertThatThrownBy(() -> CheckpointFile.read(pipe))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(
              pipe
                  + ": expected safetensors, npz or msgpack, but its content looks like JSON text");
      writer.join();
    }
    Path pipe = pipe("other.npz");
    CompletableFuture<Void> writer = feed(pipe, Files.readAllBytes(file("x.safetensors")));
    assertThatThrownBy(() -> CheckpointFile.read(pipe))
        .hasMessage(
            pipe
                + ": expected a zip archive (.npz, or a PyTorch file), but its content looks like"
                + " safetensors");
    writer.join();
  }

  @Test
  void aDeviceWithoutAnEndIsAnError() {
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero));

    assertThatThrownBy(() -> CheckpointFile.read(zero))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "/dev/zero: expected safetensors, npz or msgpack, but its content looks like none of"
                + " the known formats");
  }

  private Path pipe(String name) throws Exception {
    Path pipe = folder.resolve(name);
    boolean made = false;
    try {
      made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
    } catch (IOException e) {
      assumeTrue(false, "needs mkfifo");
    }
    assumeTrue(made, "needs mkfifo");
    return pipe;
  }

  private static CompletableFuture<Void> feed(Path pipe, byte[] bytes) {
    return CompletableFuture.runAsync(() -> {
      try (var out = Files.newOutputStream(pipe)) {
        out.write(bytes);
      } catch (IOException e) {
        assertThat(e).hasMessage("Broken pipe"); // a rejected pipe is not read to its end
      }
    });
  }
}
