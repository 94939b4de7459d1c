package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.Grid;
import org.jspecify.annotations.Nullable;

/** Numbers that broadcast to the scores, in float32 or float64. */
record ScorePairs(
    float @Nullable [] numbers, double @Nullable [] wideNumbers, HeadOffsets offsets) {

  static ScorePairs of(Array array, Shape scores, boolean wide) {
    Storage storage = array.storage();
    HeadOffsets offsets = HeadOffsets.of(array.shape(), scores);
    return wide
        ? new ScorePairs(null, storage.doubles(), offsets)
        : new ScorePairs(storage.floats(), null, offsets);
  }

  @Nullable Grid<float[]> floats(int unit) {
    return numbers == null ? null : grid(numbers, unit);
  }

  @Nullable Grid<double[]> doubles(int unit) {
    return wideNumbers == null ? null : grid(wideNumbers, unit);
  }

  private <T> Grid<T> grid(T data, int unit) {
    return new Grid<>(
        data, (int) offsets.at(unit), (int) offsets.queryStride(), offsets.keyStride());
  }
}
