package dev.heddle.array;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Operations on arrays with a {@link MaskPattern} whose results have a pattern too. */
final class LazyMask {
  private LazyMask() {}

  /**
   * The logical and, bool.
   *
   * @param shape the common shape
   * @return null if the result needs no more memory than an argument
   */
  static @Nullable Array and(Array x, Array y, Shape shape) {
    boolean lazy = x.pattern() != null || y.pattern() != null;
    if (!lazy && shape.count() <= Math.max(x.shape().count(), y.shape().count())) {
      return null;
    }
    List<Array> masks = new ArrayList<>(parts(x));
    masks.addAll(parts(y));
    return Array.deferred(new MaskPattern.All(masks), shape, DType.BOOL);
  }

  private static List<Array> parts(Array x) {
    return x.pattern() instanceof MaskPattern.All(List<Array> masks) ? masks : List.of(x);
  }

  /** The array converted to a type, or null if it has no pattern. */
  static @Nullable Array cast(Array x, DType dtype) {
    MaskPattern pattern = x.pattern();
    return switch (pattern) {
      case null -> null;
      case MaskPattern.Pairwise p -> {
        DType before = x.dtype();
        yield Array.deferred(
            new MaskPattern.Pairwise(
                p.query(), p.key(), (q, k) -> p.function().apply(q, k).astype(before)),
            x.shape(),
            dtype);
      }
      case MaskPattern.Diagonals _, MaskPattern.All _, MaskPattern.Drawn _ ->
          Array.deferred(pattern, x.shape(), dtype); // 0 and 1 are exact in every type
    };
  }

  /**
   * The array in another shape of as many elements.
   *
   * @return null if it has no pattern, or one that does not apply to the shape
   */
  static @Nullable Array reshaped(Array x, Shape shape) {
    MaskPattern pattern = x.pattern();
    if (pattern == null || (pattern instanceof MaskPattern.Diagonals && !sameSquares(x, shape))) {
      return null;
    }
    if (pattern instanceof MaskPattern.Diagonals || pattern instanceof MaskPattern.Drawn) {
      return Array.deferred(pattern, shape, x.dtype());
    }
    int[] axes = axesOf(shape, x.shape());
    if (axes == null) {
      return null;
    }
    int rank = x.rank();
    UnaryOperator<Array> moved = part -> Reshape.to(part, moved(part.shape(), rank, axes));
    return switch (pattern) {
      case MaskPattern.Pairwise(var query, var key, var function) ->
          Array.deferred(
              new MaskPattern.Pairwise(moved.apply(query), moved.apply(key), function),
              shape,
              x.dtype());
      case MaskPattern.All(List<Array> masks) ->
          Array.deferred(new MaskPattern.All(masks.stream().map(moved).toList()), shape, x.dtype());
      case MaskPattern.Diagonals _, MaskPattern.Drawn _ -> throw new AssertionError(pattern);
    };
  }

  /** The array broadcast to a shape; null as for {@link #reshaped}. */
  static @Nullable Array repeated(Array x, Shape shape) {
    MaskPattern pattern = x.pattern();
    boolean keeps =
        pattern instanceof MaskPattern.All
            || (pattern instanceof MaskPattern.Diagonals && sameSquares(x, shape));
    return keeps && pattern != null ? Array.deferred(pattern, shape, x.dtype()) : null;
  }

  private static boolean sameSquares(Array x, Shape shape) {
    return shape.rank() >= 2
        && shape.dim(-1) == x.shape().dim(-1)
        && shape.dim(-2) == x.shape().dim(-2);
  }

  /**
   * The old axis of each new axis, -1 for an inserted one, if the shapes differ only in axes of
   * length 1 before the last two; else null.
   */
  private static int @Nullable [] axesOf(Shape shape, Shape before) {
    int rank = shape.rank();
    if (rank < 2
        || before.rank() < 2
        || shape.dim(-1) != before.dim(-1)
        || shape.dim(-2) != before.dim(-2)) {
      return null;
    }
    int[] axes = new int[rank];
    int next = 0;
    for (int axis = 0; axis < rank - 2; axis++) {
      if (shape.dim(axis) == 1) {
        axes[axis] = -1;
        continue;
      }
      while (next < before.rank() - 2 && before.dim(next) == 1) {
        next++;
      }
      if (next >= before.rank() - 2 || before.dim(next) != shape.dim(axis)) {
        return null;
      }
      axes[axis] = next++;
    }
    while (next < before.rank() - 2) {
      if (before.dim(next++) != 1) {
        return null;
      }
    }
    axes[rank - 2] = before.rank() - 2;
    axes[rank - 1] = before.rank() - 1;
    return axes;
  }

  /** The new shape of a part that broadcasts to the array. */
  private static Shape moved(Shape part, int rank, int... axes) {
    int shift = rank - part.rank();
    return Shape.of(
        Arrays.stream(axes).map(axis -> axis < shift ? 1 : part.dim(axis - shift)).toArray());
  }
}
