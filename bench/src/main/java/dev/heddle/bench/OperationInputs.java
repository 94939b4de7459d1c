package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** The inputs of measured operations, of one dtype and size, each made once on demand. */
final class OperationInputs {
  private static final double LEAST = 0.1;
  private static final double MOST = 0.9;

  private final DType dtype;
  private final int side;
  private final Map<String, Array> made = new HashMap<>();
  private final Set<Array> asked = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Makes the inputs of a size.
   *
   * @param side the number of rows and columns of the usual input
   */
  OperationInputs(DType dtype, int side) {
    this.dtype = dtype;
    this.side = side;
  }

  DType dtype() {
    return dtype;
  }

  int side() {
    return side;
  }

  /** The usual input, shape {@code [side, side]}, from 0.1 to 0.9; integers from 1 to 9. */
  Array x() {
    return asked("x", () -> numbers(1, side, side));
  }

  /** A second input of this form. */
  Array y() {
    return asked("y", () -> numbers(2, side, side));
  }

  /** A row, shape {@code [side]}. */
  Array row() {
    return asked("row", () -> numbers(3, side));
  }

  /** Queries, keys or values of attention, shape {@code [1, side, 4, side / 4]}. */
  Array heads(int seed) {
    return asked("heads" + seed, () -> numbers(seed, 1, side, 4, side / 4));
  }

  /** Kernels of an attention layer, shape {@code [side, 4, side / 4]}. */
  Array kernel() {
    return asked("kernel", () -> numbers(8, side, 4, side / 4));
  }

  /** The kernel of the output projection, shape {@code [4, side / 4, side]}. */
  Array outKernel() {
    return asked("out", () -> numbers(9, 4, side / 4, side));
  }

  /** Booleans, half of them true, shape {@code [side, side]}. */
  Array flags() {
    return asked(
        "flags",
        () -> {
          boolean[] flags = new boolean[side * side];
          SplittableRandom random = new SplittableRandom(4);
          for (int i = 0; i < flags.length; i++) {
            flags[i] = random.nextBoolean();
          }
          return Array.of(flags, side, side);
        });
  }

  /** Indices of rows in random order, shape {@code [side]}. */
  Array places() {
    return asked("places", () -> Array.of(drawn(side), side));
  }

  /** Indices of columns, shape {@code [side, side]}. */
  Array columns() {
    return asked("columns", () -> Array.of(drawn(side * side), side, side));
  }

  private int[] drawn(int count) {
    SplittableRandom random = new SplittableRandom(5);
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = random.nextInt(side);
    }
    return places;
  }

  private Array numbers(int seed, int... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[Shape.of(shape).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case BOOL -> random.nextInt(2);
            case FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> random.nextDouble(LEAST, MOST);
            default -> random.nextInt(1, 10);
          };
    }
    return Array.of(values, shape).astype(dtype);
  }

  private Array asked(String name, Supplier<Array> maker) {
    Array array = made.computeIfAbsent(name, key -> maker.get());
    asked.add(array);
    return array;
  }

  /** The size of all inputs used so far, in bytes. */
  long bytes() {
    return asked.stream().mapToLong(OperationInputs::bytes).sum();
  }

  static long bytes(Array array) {
    return (long) array.size() * array.dtype().itemSize();
  }
}
