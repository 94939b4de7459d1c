package dev.heddle.array;

import dev.heddle.kernel.StridedView;
import org.jspecify.annotations.Nullable;

/** A bias that broadcasts to the scores, in float32 or float64. */
record ScoreBias(float @Nullable [] numbers, double @Nullable [] numbers64, HeadOffsets offsets) {

  static ScoreBias of(Array array, Shape scores, boolean isFloat64) {
    Storage storage = array.storage();
    HeadOffsets offsets = HeadOffsets.of(array.shape(), scores);
    return isFloat64
        ? new ScoreBias(null, storage.doubles(), offsets)
        : new ScoreBias(storage.floats(), null, offsets);
  }

  @Nullable StridedView<float[]> floats(int unit) {
    return numbers == null ? null : view(numbers, unit);
  }

  @Nullable StridedView<double[]> doubles(int unit) {
    return numbers64 == null ? null : view(numbers64, unit);
  }

  private <T> StridedView<T> view(T data, int unit) {
    return new StridedView<>(
        data, (int) offsets.at(unit), (int) offsets.queryStride(), offsets.keyStride());
  }
}
