package dev.heddle.array;

import dev.heddle.kernel.StridedView;
import org.jspecify.annotations.Nullable;

/** A bias that broadcasts to the scores, in float32 or float64. */
record ScoreBias(float @Nullable [] numbers, double @Nullable [] wideNumbers, HeadOffsets offsets) {

  static ScoreBias of(Array array, Shape scores, boolean wide) {
    Storage storage = array.storage();
    HeadOffsets offsets = HeadOffsets.of(array.shape(), scores);
    return wide
        ? new ScoreBias(null, storage.doubles(), offsets)
        : new ScoreBias(storage.floats(), null, offsets);
  }

  @Nullable StridedView<float[]> floats(int unit) {
    return numbers == null ? null : view(numbers, unit);
  }

  @Nullable StridedView<double[]> doubles(int unit) {
    return wideNumbers == null ? null : view(wideNumbers, unit);
  }

  private <T> StridedView<T> view(T data, int unit) {
    return new StridedView<>(
        data, (int) offsets.at(unit), (int) offsets.queryStride(), offsets.keyStride());
  }
}
