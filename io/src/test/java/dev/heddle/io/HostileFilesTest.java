package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Valid files, damaged at every position: each is read, or rejected with a {@link
 * CheckpointException} of one line that names the file. {@link SmallHeapTest} asserts the memory.
 */
class HostileFilesTest {
  private static final long MUTATIONS = Long.getLong("heddle.io.mutations", 400);
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  /** Two tensors, so that every byte of a file can be tried. */
  private Path small(String ending) throws IOException {
    var tensors = new LinkedHashMap<String, Array>();
    tensors.put("params/out/kernel", Golden.values(DType.FLOAT32, 2, 3));
    tensors.put("cache/cache_index", Golden.values(DType.INT32));
    Path file = folder.resolve("small." + ending);
    CheckpointFile.write(file, new Checkpoint(tensors, Map.of("format", "pt")));
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "npz", "msgpack"})
  void cutAnywhereTheyAreRefused(String ending) throws IOException {
    Path file = small(ending);
    byte[] whole = Files.readAllBytes(file);
    assertThat(read(file)).isTrue();
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            if (read(file)) {
              fail("cut to %d bytes it was read", length);
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"all.safetensors", "to_bytes.msgpack", "scalars.msgpack"})
  void longerThanTheyAreTheyAreRefused(String name) throws IOException {
    byte[] whole = Golden.bytes(name);
    Path file = folder.resolve(name);
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    longer[whole.length] = (byte) 0xc0;
    Files.write(file, longer);

    assertThat(read(file)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"safetensors", "npz", "msgpack"})
  void withAnyByteChangedTheyAreReadOrRefused(String ending) throws IOException {
    Path file = small(ending);
    byte[] bytes = Files.readAllBytes(file);
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          for (int at = 0; at < bytes.length; at++) {
            byte before = bytes[at];
            for (int value : new int[] {before ^ 1, 0xff, 0xdf}) {
              bytes[at] = (byte) value;
              Files.write(file, bytes);
              read(file);
            }
            bytes[at] = before;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "all.safetensors",
        "odd.npz",
        "deflated.npz",
        "to_bytes.msgpack",
        "chunked.msgpack",
        "scalars.msgpack"
      })
  void changedAtRandomTheyAreReadOrRefused(String name) throws IOException {
    long seed = Long.getLong("heddle.io.seed", 1);
    Random random = new Random(seed);
    byte[] whole = Golden.bytes(name);
    Path file = folder.resolve(name);
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          for (long i = 0; i < MUTATIONS; i++) {
            byte[] changed = mutate(whole, random);
            Files.write(file, changed);
            try {
              read(file);
            } catch (RuntimeException | AssertionError e) {
              throw new AssertionError("replay with -Dheddle.io.seed=" + seed, e);
            }
          }
        });
  }

  private static byte[] mutate(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 1; i++) {
      int at = random.nextInt(bytes.length);
      int length = Math.min(random.nextInt(16), bytes.length - at);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0xff);
        case 3 -> Arrays.fill(bytes, at, at + length, (byte) 0);
        case 4 ->
            System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
        default -> {
          byte[] without = Arrays.copyOf(bytes, bytes.length - length);
          System.arraycopy(bytes, at + length, without, at, bytes.length - at - length);
          bytes = without;
        }
      }
    }
    return bytes;
  }

  /** Whether a file is read; if not, the error must be a {@link CheckpointException}. */
  private static boolean read(Path file) throws IOException {
    try {
      CheckpointFile.read(file);
      return true;
    } catch (CheckpointException e) {
      assertThat(e.getMessage()).startsWith(file + ": ").doesNotContain("\n", "\r");
      assertThat(e.getMessage().length()).isLessThan(1000);
      return false;
    }
  }
}
