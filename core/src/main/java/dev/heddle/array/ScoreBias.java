package dev.heddle.array;

import dev.heddle.kernel.StridedView;

/** A bias that broadcasts to the scores, in their compute type. */
record ScoreBias(Storage numbers, HeadOffsets offsets) {

  static ScoreBias of(Array array, Shape scores, DType computeType) {
    return new ScoreBias(array.storage().to(computeType), HeadOffsets.of(array.shape(), scores));
  }

  /** The bias of one head, in the array of {@link #numbers}. */
  <T> StridedView<T> view(T data, int unit) {
    return new StridedView<>(
        data, (int) offsets.at(unit), (int) offsets.queryStride(), offsets.keyStride());
  }
}
