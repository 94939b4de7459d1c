package dev.heddle.simd.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.KernelChoice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.opentest4j.TestAbortedException;

/**
 * Compiled code allocates nothing for a call of a kernel, and for a call of the layer its output
 * and small objects. A vector that is boxed shows here first, because it is an object.
 */
@DisabledIfSystemProperty(
    named = KernelChoice.PROPERTY,
    matches = "simd.*",
    disabledReason = "starts JVMs of all widths itself, once")
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

  /**
   * Heads of 64 columns, which are whole panels at each width: a task does a head from end to end.
   */
  @Test
  void layersOfWholeHeadsAllocateTheirOutputAndSmallObjects() {
    assertThat(run("heads")).hasSize(6).allMatch(line -> line.bytes <= line.allowed);
  }

  /** Where calls are deepest for what they compute, and inlining ends where vectors are boxed. */
  @Test
  void smallLayersAllocateTheirOutputAndSmallObjects() {
    assertThat(run("small")).hasSize(6).allMatch(line -> line.bytes <= line.allowed);
  }

  private record Line(String name, long bytes, long allowed) {}

  private static List<Line> run(String what) {
    // With one thread, and compilation that calls wait for, a run is the same on a busy machine.
    List<String> flags = List.of("-Dheddle.threads=1", "-Xbatch");
    List<String> said = Jvm.run(flags, Garbage.class, what);
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
