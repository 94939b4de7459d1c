package dev.heddle.array;

import dev.heddle.kernel.ArrayAccess;
import dev.heddle.kernel.Band;
import dev.heddle.kernel.IndexedFlags;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** The access to arrays that {@link Array} registers for the other packages of this module. */
final class Access implements ArrayAccess<Array, Shape, DType> {
  @Override
  public float[] floats(Array array) {
    return array.storage().floats();
  }

  @Override
  public Array wrap(float[] values, Shape shape) {
    return Array.wrap(new Storage.F32(values), shape);
  }

  @Override
  public Array convertedTo(Array array, DType dtype) {
    return array.convertedTo(dtype);
  }

  @Override
  public Array bandMask(Shape shape, Band band, DType dtype) {
    return Array.deferred(new MaskPattern.Diagonals(band), shape, dtype);
  }

  @Override
  public Array allOf(List<Array> masks, Shape shape, DType dtype) {
    return Array.deferred(new MaskPattern.All(masks), shape, dtype);
  }

  @Override
  public @Nullable Array pairwise(
      Array query, Array key, BinaryOperator<Array> function, Shape shape, DType dtype) {
    MaskPattern.Pairwise pattern = new MaskPattern.Pairwise(query, key, function);
    int queries = Math.min(2, shape.dim(-2));
    int keys = Math.min(2, shape.dim(-1));
    Array corner = function.apply(pattern.queries(0, queries), pattern.keys(0, keys));
    return corner.size() == queries * keys && corner.tracer() == null
        ? Array.deferred(pattern, shape, dtype)
        : null;
  }

  @Override
  public Array flags(IndexedFlags flags, Shape shape) {
    return Array.deferred(new MaskPattern.Drawn(flags), shape, DType.BOOL);
  }
}
