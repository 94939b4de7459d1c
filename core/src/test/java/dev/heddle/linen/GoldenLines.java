package dev.heddle.linen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/** What Flax did, read from the files that {@code linen_golden.py} writes. */
final class GoldenLines {
  private final SequencedMap<String, Array> tensors = new LinkedHashMap<>();

  private GoldenLines() {}

  /** The tensors of a case of an era, {@code modern} or {@code classic}. */
  static GoldenLines of(String era, String name) {
    GoldenLines golden = new GoldenLines();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(GoldenLines.class.getResourceAsStream(era + ".txt")),
                StandardCharsets.UTF_8))) {
      lines
          .lines()
          .map(line -> line.split(" "))
          .filter(cells -> cells[0].equals(name))
          .forEach(cells -> golden.tensors.put(cells[1], tensor(cells)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(golden.tensors).as("golden case %s", name).isNotEmpty();
    return golden;
  }

  private static Array tensor(String[] cells) {
    byte[] bytes = cells[4].equals("-") ? new byte[0] : HexFormat.of().parseHex(cells[4]);
    int[] shape =
        cells[3].equals("-")
            ? new int[0]
            : Arrays.stream(cells[3].split(",")).mapToInt(Integer::parseInt).toArray();
    return Array.of(MemorySegment.ofArray(bytes), DType.of(cells[2]), shape);
  }

  /** The one tensor of a name. */
  Array tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /** A tree of variables. */
  Variables variables(String name) {
    Map<String, Array> flat = new LinkedHashMap<>();
    tensors.forEach((path, array) -> {
      if (path.startsWith(name + "/")) {
        flat.put(path.substring(name.length() + 1), array);
      }
    });
    return Variables.of(flat);
  }

  /** The same paths in the same order, and the same bits. */
  static void assertEqualBits(Variables given, Variables expected) {
    assertThat(given.flatten().keySet()).containsExactlyElementsOf(expected.flatten().keySet());
    given.flatten().forEach((path, array) -> assertEqualBits(array, expected.get(path), path));
  }

  static void assertEqualBits(Array given, Array expected, String what) {
    assertThat(given).as(what).isEqualTo(expected);
  }

  /** The same type and shape, and values equal to the type's rounding. */
  static void assertClose(Array given, Array expected) {
    assertThat(given.dtype()).isEqualTo(expected.dtype());
    assertThat(given.shape()).isEqualTo(expected.shape());
    double[] a = given.toDoubleArray();
    double[] b = expected.toDoubleArray();
    double largest = Arrays.stream(b).map(Math::abs).max().orElse(0);
    double allowed = largest * tolerance(expected.dtype());
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i]))
          .as("%s vs %s", given, expected)
          .isLessThanOrEqualTo(allowed);
    }
  }

  private static double tolerance(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> 2e-6;
      case FLOAT64 -> 1e-14;
      case FLOAT16 -> 2e-3;
      case BFLOAT16 -> 1e-2;
      case INT32, INT64, UINT8, UINT32, BOOL -> 0;
    };
  }

  /** Exact small numbers, as in the script: 0, 1, -2, 3, -4, ... times a scale. */
  static Array counted(double scale, DType dtype, int... shape) {
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = (i % 2 == 0 ? -i : i) * scale + 0.0;
    }
    return Array.of(values, shape).astype(dtype);
  }

  static Array counted(int... shape) {
    return counted(0.25, DType.FLOAT32, shape);
  }
}
