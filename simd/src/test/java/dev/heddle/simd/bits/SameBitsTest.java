package dev.heddle.simd.bits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.kernel.KernelChoice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * Cases drawn from a seed have the same bits in JVMs of all kinds: kernels of each width, 1 to 8
 * threads, every instruction set, interpreted and compiled; and, in each of them, in parts and as a
 * whole. The cases are layers, their gradients and training steps. {@code -Dheddle.bits.seed=N}
 * draws other cases and {@code -Dheddle.bits.more=N} N times as many.
 */
@DisabledIfSystemProperty(
    named = KernelChoice.PROPERTY,
    matches = "simd.*",
    disabledReason = "starts JVMs of all widths itself, once")
class SameBitsTest {
  private static final String SEED = System.getProperty("heddle.bits.seed", "12");

  /** The JVMs, with 1 to 8 threads, and the sizes that each is fast enough for. */
  enum Kind {
    SCALAR("-Dheddle.kernels=scalar -Dheddle.threads=1", Size.SMALL, Size.MEDIUM, Size.LONG),
    WIDEST("-Dheddle.threads=2", Size.SMALL, Size.MEDIUM, Size.LONG),
    SIMD_512("-Dheddle.kernels=simd512 -Dheddle.threads=3", Size.MEDIUM),
    SIMD_256("-Dheddle.kernels=simd256 -Dheddle.threads=4", Size.MEDIUM, Size.LONG),
    SIMD_128("-Dheddle.kernels=simd128 -Dheddle.threads=5", Size.MEDIUM),
    AVX_0("-XX:UseAVX=0 -Dheddle.threads=6", Size.SMALL, Size.MEDIUM),
    AVX_1("-XX:UseAVX=1 -Dheddle.threads=7", Size.SMALL, Size.MEDIUM),
    AVX_2("-XX:UseAVX=2 -Dheddle.threads=8", Size.MEDIUM),
    AVX_3("-XX:UseAVX=3 -Dheddle.threads=1", Size.MEDIUM),
    NO_FMA("-XX:-UseFMA -Dheddle.threads=2", Size.SMALL, Size.MEDIUM),
    INTERPRETED("-Xint -Dheddle.threads=8", Size.SMALL),
    INTERPRETED_SCALAR("-Xint -Dheddle.kernels=scalar -Dheddle.threads=3", Size.SMALL),
    FIRST_COMPILER("-XX:TieredStopAtLevel=1 -Dheddle.threads=4", Size.SMALL),
    FIRST_COMPILER_SCALAR(
        "-XX:TieredStopAtLevel=1 -Dheddle.kernels=scalar", Size.SMALL, Size.MEDIUM),
    SECOND_COMPILER_ONLY("-XX:-TieredCompilation -Dheddle.threads=5", Size.SMALL);

    private final List<String> flags;
    private final List<Size> sizes;

    Kind(String flags, Size... sizes) {
      this.flags = List.of(flags.split(" "));
      this.sizes = List.of(sizes);
    }
  }

  private static final ExecutorService TWO_AT_A_TIME = Executors.newFixedThreadPool(2);
  private static final Map<Kind, Future<Map<String, String>>> RUNS = new EnumMap<>(Kind.class);

  @BeforeAll
  static void begin() {
    for (Kind kind : Kind.values()) {
      Callable<Map<String, String>> run = () -> run(kind);
      RUNS.put(kind, TWO_AT_A_TIME.submit(run));
    }
  }

  @AfterAll
  static void end() {
    TWO_AT_A_TIME.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyCaseHasTheBitsOfTheScalarKernels(Kind kind)
      throws InterruptedException, ExecutionException {
    Map<String, String> expected = RUNS.get(Kind.SCALAR).get();
    Map<String, String> actual = RUNS.get(kind).get();
    if (actual.containsKey("missing")) {
      throw new TestAbortedException(kind + " left out: " + actual.get("missing"));
    }
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (Size size : kind.sizes) {
      List<Case> cases = Case.of(Long.parseLong(SEED), size);
      for (int i = 0; i < cases.size(); i++) {
        String name = size + " " + i;
        compared++;
        if (!actual.get(name).matches("[0-9a-f]+")
            || !actual.get(name).equals(expected.get(name))) {
          wrong.add(name + ": " + actual.get(name) + ": " + cases.get(i));
        }
      }
    }
    assertThat(wrong).as("%s, kernels %s", kind.flags, actual.get("kernels")).isEmpty();
    boolean simd = actual.get("kernels").startsWith("simd");
    assertThat(actual.get("vectors")).isEqualTo(simd ? actual.get("kernels") : null);
    assertThat(actual).hasSize(compared + (simd ? 2 : 1));
  }

  /** The output of a JVM: the digest of each case, and its kernels. */
  private static Map<String, String> run(Kind kind) {
    Map<String, String> digests = new TreeMap<>();
    for (Size size : kind.sizes) {
      List<String> flags = new ArrayList<>(kind.flags);
      flags.add("-Dheddle.bits.more=" + System.getProperty("heddle.bits.more", "1"));
      for (String line : Jvm.run(flags, Digests.class, SEED, size.name())) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
          case "case" -> digests.put(size + " " + words[1], words[2]);
          case "kernels", "missing", "vectors" ->
              digests.put(words[0], line.substring(words[0].length() + 1));
          default -> {
            // the JVM's warnings about its flags
          }
        }
      }
    }
    return digests;
  }
}
