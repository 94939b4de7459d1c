package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.Grid;
import org.jspecify.annotations.Nullable;

/** Values that broadcast to the scores: where each head's begin, and their strides. */
record ScorePairs(
    byte @Nullable [] flags,
    float @Nullable [] numbers,
    double @Nullable [] wideNumbers,
    int[] offsets,
    int queryStride,
    int keyStride) {

  static ScorePairs ofFlags(Array array, Shape scores) {
    return of(flags(array.storage()), null, null, array.shape(), scores);
  }

  static ScorePairs ofNumbers(Array array, Shape scores, boolean wide) {
    Storage storage = array.storage();
    return wide
        ? of(null, null, storage.doubles(), array.shape(), scores)
        : of(null, storage.floats(), null, array.shape(), scores);
  }

  private static ScorePairs of(
      byte @Nullable [] flags,
      float @Nullable [] numbers,
      double @Nullable [] wideNumbers,
      Shape shape,
      Shape scores) {
    int[] strides = shape.stridesFor(scores);
    int outer = scores.rank() - 2;
    int[] offsets = new int[scores.range(0, outer).size()];
    for (int unit = 0; unit < offsets.length; unit++) {
      int rest = unit;
      for (int axis = outer - 1; axis >= 0; axis--) {
        offsets[unit] += rest % scores.dim(axis) * strides[axis];
        rest /= scores.dim(axis);
      }
    }
    return new ScorePairs(flags, numbers, wideNumbers, offsets, strides[outer], strides[outer + 1]);
  }

  /** 1 where an element is not zero; a NaN is not. */
  private static byte[] flags(Storage storage) {
    if (storage instanceof Storage.Bool(byte[] values)) {
      return values;
    }
    byte[] flags = new byte[storage.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) (storage.booleanAt(i) ? 1 : 0);
    }
    return flags;
  }

  @Nullable Grid<byte[]> bytes(int unit) {
    return flags == null ? null : new Grid<>(flags, offsets[unit], queryStride, keyStride);
  }

  @Nullable Grid<float[]> floats(int unit) {
    return numbers == null ? null : new Grid<>(numbers, offsets[unit], queryStride, keyStride);
  }

  @Nullable Grid<double[]> doubles(int unit) {
    return wideNumbers == null
        ? null
        : new Grid<>(wideNumbers, offsets[unit], queryStride, keyStride);
  }
}
