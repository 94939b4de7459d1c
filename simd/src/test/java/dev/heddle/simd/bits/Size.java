package dev.heddle.simd.bits;

import java.util.Arrays;
import java.util.List;

/** The sizes of cases. */
enum Size {
  /** For JVMs that do not compile. */
  SMALL(List.of(1, 2, 5, 6, 7, 15, 16, 17, 33, 63, 64, 65), List.of(), 50_000, 48, 12),

  /** Around the boundaries of lanes, blocks and tiles. */
  MEDIUM(
      List.of(1, 2, 6, 7, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300, 511, 513, 600),
      List.of(),
      5_000_000,
      128,
      24),

  /** Few queries, and keys around the boundaries of spans. */
  LONG(
      List.of(1, 9, 70, 300),
      List.of(4_095, 4_096, 4_097, 4_200, 9_000, 12_500),
      30_000_000,
      10,
      3);

  private static final int MORE = Integer.getInteger("heddle.bits.more", 1);

  private final List<Integer> queries;
  private final List<Integer> keys;
  private final double cost;
  private final int count;
  private final int gradients;

  /** An empty list of keys means that of queries. */
  Size(List<Integer> queries, List<Integer> keys, double cost, int count, int gradients) {
    this.queries = queries;
    this.keys = keys.isEmpty() ? queries : keys;
    this.cost = cost;
    this.count = count;
    this.gradients = gradients;
  }

  /** Numbers of queries to choose from. */
  Integer[] queries() {
    return queries.toArray(Integer[]::new);
  }

  /** Numbers of keys to choose from. */
  Integer[] keys() {
    return keys.toArray(Integer[]::new);
  }

  /** Forms of masks; for long cases without those that require as many queries as keys. */
  MaskForm[] masks() {
    return Arrays.stream(MaskForm.values())
        .filter(form -> this != LONG || !form.isSquare())
        .toArray(MaskForm[]::new);
  }

  /** Approximate maximum number of multiply-adds of a case. */
  double cost() {
    return cost;
  }

  /** The number of cases; {@code -Dheddle.bits.more=10} multiplies it by ten. */
  int count() {
    return count * MORE;
  }

  /** The number of gradient cases, which follow them. */
  int gradients() {
    return gradients * MORE;
  }
}
