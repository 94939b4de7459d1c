package dev.heddle.array;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conversion to another element type. */
public record Cast(DType dtype) implements Op {

  /**
   * Converts the elements, JAX's {@code astype}: rounds to nearest even between floating-point
   * types, truncates and saturates from those to integers (NaN gives 0), wraps between integers;
   * bool is "not zero". Returns the array itself if it has the type.
   */
  public static Array astype(Array x, DType dtype) {
    return x.dtype() == dtype ? x : Op.run(new Cast(dtype), x);
  }

  @Override
  public String name() {
    return "astype";
  }

  @Override
  public Array forward(List<Array> inputs) {
    Array x = inputs.getFirst();
    Array lazy = LazyMask.cast(x, dtype);
    return lazy == null ? Array.wrap(x.storage().to(dtype), x.shape()) : lazy;
  }

  @Override
  public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
    return List.of(astype(cotangent, call.input(0).dtype()));
  }
}
