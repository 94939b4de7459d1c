package dev.heddle.simd.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.KernelChoice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.opentest4j.TestAbortedException;

/**
 * A compiled call of a kernel allocates nothing, and a call of the layer only its output and small
 * objects. Boxed vectors are detected here.
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

  /** Heads of 64 columns are whole panels at each vector width: one task computes a whole head. */
  @Test
  void layersOfWholeHeadsAllocateTheirOutputAndSmallObjects() {
    assertThat(run("heads")).hasSize(6).allMatch(line -> line.bytes <= line.allowed);
  }

  /**
   * Small layers have deep calls for little arithmetic, where the inlining limits box vectors
   * first.
   */
  @Test
  void smallLayersAllocateTheirOutputAndSmallObjects() {
    assertThat(run("small")).hasSize(6).allMatch(line -> line.bytes <= line.allowed);
  }

  private record Line(String name, long bytes, long allowed) {}

  private static List<Line> run(String what) {
    // One thread and blocking compilation make a run independent of the machine's load.
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
