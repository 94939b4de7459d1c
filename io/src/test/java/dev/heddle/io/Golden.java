package dev.heddle.io;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** The tensors of the golden files, the same as in {@code make_golden.py}. */
final class Golden {
  private static final int[][] SHAPES = {{}, {0, 3}, {5}, {2, 3}, {2, 3, 4}};
  private static final String[] NAMES = {"scalar", "empty", "vector", "matrix", "cube"};

  private Golden() {}

  static Path file(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(file(name));
  }

  /** Every type in every shape, in the order of {@link DType}. */
  static SequencedMap<String, Array> tensors() {
    var tensors = new LinkedHashMap<String, Array>();
    for (DType dtype : DType.values()) {
      for (int i = 0; i < NAMES.length; i++) {
        tensors.put(dtype + "/" + NAMES[i], values(dtype, SHAPES[i]));
      }
    }
    return tensors;
  }

  /** Small numbers, different for every position, exact in every dtype. */
  static Array values(DType dtype, int... shape) {
    Shape of = Shape.of(shape);
    double[] values = new double[of.size()];
    for (int i = 0; i < values.length; i++) {
      int number = i * 7 % 11;
      values[i] =
          switch (dtype) {
            case BOOL -> number % 3 == 0 ? 1 : 0;
            case UINT8, UINT32 -> number;
            case INT32, INT64 -> number - 4;
            case FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> (number - 4) * 0.25;
          };
    }
    return Array.of(values).reshape(of.dims()).astype(dtype);
  }
}
