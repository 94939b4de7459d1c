package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Writing and reading preserve tensors: every dtype, any bits, any shape, in every format. */
class RoundTripTest {
  @Property(tries = 100, seed = "1")
  void whatIsWrittenIsRead(
      @ForAll("checkpoints") Checkpoint checkpoint, @ForAll("formats") String format)
      throws IOException {
    Path folder = Files.createTempDirectory("round-trip");
    Path file = folder.resolve("x." + format);
    try {
      CheckpointFile.write(file, checkpoint);
      byte[] first = Files.readAllBytes(file);
      Checkpoint read = CheckpointFile.read(file);
      assertThat(read.tensors()).isEqualTo(checkpoint.tensors());
      if (format.equals("safetensors")) {
        assertThat(read.metadata()).isEqualTo(checkpoint.metadata());
      }

      CheckpointFile.write(file, checkpoint);
      assertThat(Files.readAllBytes(file)).as("the same bytes again").isEqualTo(first);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder); // fails if another file is left there
    }
  }

  @Provide
  Arbitrary<String> formats() {
    return Arbitraries.of("safetensors", "npz", "msgpack");
  }

  @Provide
  Arbitrary<Checkpoint> checkpoints() {
    Arbitrary<String> names =
        Arbitraries.strings().withChars("abcñ漢 _0.").ofMinLength(1).ofMaxLength(5);
    Arbitrary<Map<String, Array>> tensors =
        Arbitraries.maps(names.map(name -> "params/" + name), arrays()).ofMaxSize(5);
    Arbitrary<Map<String, String>> metadata =
        Arbitraries.maps(names, Arbitraries.strings().ascii().ofMaxLength(9)).ofMaxSize(3);
    return Combinators.combine(tensors, metadata)
        .as((t, m) -> new Checkpoint(new LinkedHashMap<>(t), m));
  }

  private static Arbitrary<Array> arrays() {
    Arbitrary<int[]> shapes = Arbitraries.integers().between(0, 5).array(int[].class).ofMaxSize(4);
    return Combinators.combine(Arbitraries.of(DType.class), shapes, Arbitraries.longs())
        .as(RoundTripTest::randomBits);
  }

  private static Array randomBits(DType dtype, int[] shape, long seed) {
    byte[] bytes = new byte[(int) Elements.bytes(dtype, shape)];
    new Random(seed).nextBytes(bytes);
    return Array.of(MemorySegment.ofArray(bytes), dtype, shape);
  }
}
