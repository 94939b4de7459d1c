package dev.heddle.simd.bits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/**
 * Compiled code allocates nothing for a call of a kernel, and for a call of the layer its output
 * and small objects. A vector that is boxed shows here first, because it is an object.
 */
class GarbageTest {
  @Test
  void kernelsAllocateNothing() {
    List<Line> lines = run("kernels");

    assertThat(lines).hasSizeGreaterThan(60).allMatch(line -> line.bytes <= line.allowed);
  }

  @Test
  void theLayerAllocatesItsOutputAndSmallObjects() {
    assertThat(run("layers")).hasSize(6).allMatch(line -> line.bytes <= line.allowed);
  }

  /** Where calls are deepest for what they compute, and inlining ends where vectors are boxed. */
  @Test
  void smallLayersAllocateTheirOutputAndSmallObjects() {
    assertThat(run("small")).hasSize(6).allMatch(line -> line.bytes <= line.allowed);
  }

  private record Line(String name, long bytes, long allowed) {}

  private static List<Line> run(String what) {
    List<String> said = Jvm.run(List.of("-Dheddle.threads=1"), Garbage.class, what);
    if (said.contains("kernels scalar")) {
      throw new TestAbortedException("left out: no vectors here that could be boxed");
    }
    return said.stream()
        .filter(line -> line.startsWith("bytes "))
        .map(line -> line.split(" ", 5))
        .map(words -> new Line(words[4], Long.parseLong(words[1]), Long.parseLong(words[3])))
        .toList();
  }
}
