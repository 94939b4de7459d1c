package dev.heddle.simd.bits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Compiled code allocates nothing for a call of a kernel, and for a call of the layer its output
 * and small objects. A vector that is boxed shows here first, because it is an object.
 */
class GarbageTest {
  /** Of two batch elements, 128 positions and 128 features. */
  private static final long OUTPUT = 2 * 128 * 128 * 4;

  /** Small objects of a call of the layer. */
  private static final long SMALL_OBJECTS = 16_000;

  /** What the plain loops of attention take for their rows, which some calls still go through. */
  private static final String PLAIN = "(attend few|weigh|attend float64).*";

  @Test
  void kernelsAllocateNothing() {
    List<Line> lines = run("kernels");

    assertThat(lines).hasSizeGreaterThan(60);
    assertThat(lines)
        .filteredOn(line -> !line.name.matches(PLAIN))
        .allMatch(line -> line.bytes <= Garbage.ENOUGH);
  }

  @Test
  void theLayerAllocatesItsOutputAndSmallObjects() {
    assertThat(run("layers"))
        .filteredOn(line -> line.name.endsWith("float32"))
        .hasSize(2)
        .allMatch(line -> line.bytes <= OUTPUT + SMALL_OBJECTS);
  }

  private record Line(long bytes, String name) {}

  private static List<Line> run(String what) {
    List<Line> lines = new ArrayList<>();
    List<String> flags = List.of("-Dheddle.threads=1");
    List<String> said = Jvm.run(flags, Garbage.class, what);
    for (String line : said) {
      String[] words = line.split(" ", 3);
      if (words[0].equals("bytes")) {
        lines.add(new Line(Long.parseLong(words[1]), words[2]));
      }
    }
    if (said.contains("kernels scalar")) {
      lines.removeIf(line -> line.bytes <= OUTPUT * 4); // no vectors here: nothing to be boxed
    }
    return lines;
  }
}
