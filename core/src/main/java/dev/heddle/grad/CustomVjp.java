package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.Op;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function with a user-defined derivative, {@code jax.custom_vjp}.
 *
 * <pre>{@code
 * var clip = CustomVjp.of("clip_gradient",
 *     inputs -> new Op.ForwardResult(inputs.getFirst(), List.of()),
 *     (residuals, g) -> List.of(Elementwise.clip(g, -1, 1)));
 * Array y = clip.apply(x);
 * }</pre>
 */
public final class CustomVjp {
  private final Op op;

  private CustomVjp(Op op) {
    this.op = op;
  }

  /**
   * Defines a function by its forward and backward passes.
   *
   * @param name the function's name in messages
   * @param forward computes the output and the residuals that {@code backward} needs
   * @param backward maps the residuals and the output's cotangent to a cotangent for each input, of
   *     its shape and dtype; null for an input that is not floating-point, or for zero
   */
  public static CustomVjp of(
      String name,
      Function<List<Array>, Op.ForwardResult> forward,
      BiFunction<List<Array>, Array, List<@Nullable Array>> backward) {
    return new CustomVjp(
        new Custom(
            Objects.requireNonNull(name, "name"),
            Objects.requireNonNull(forward, "forward"),
            Objects.requireNonNull(backward, "backward")));
  }

  /** Evaluates the function. */
  public Array apply(Array... inputs) {
    return Op.run(op, inputs);
  }

  private record Custom(
      String name,
      Function<List<Array>, Op.ForwardResult> function,
      BiFunction<List<Array>, Array, List<@Nullable Array>> backward)
      implements Op {
    @Override
    public Array forward(List<Array> inputs) {
      return function.apply(inputs).output();
    }

    @Override
    public ForwardResult forwardWithResiduals(List<Array> inputs) {
      return function.apply(inputs);
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      boolean recompute = call.isNested(); // then the residuals are differentiated too
      List<Array> residuals =
          recompute ? function.apply(call.inputs()).residuals() : call.residuals();
      return backward.apply(residuals, cotangent);
    }
  }
}
