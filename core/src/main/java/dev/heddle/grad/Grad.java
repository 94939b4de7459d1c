package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.Creation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation, JAX's {@code grad}, {@code value_and_grad} and {@code vjp}.
 *
 * <pre>{@code
 * Variables params = attention.init(Rngs.of(0), x);
 * var step = Grad.valueAndGrad(p -> loss(attention.apply(p, x)), params);
 * step.value();    // the loss
 * step.gradient(); // a tree as params
 *
 * var both = Grad.vjp(p -> attention.apply(p.first(), p.second()), TreePair.of(params, x));
 * both.pullback(cotangent).second(); // the cotangent of x
 * }</pre>
 *
 * <p>The program runs once and may use any Java code. Operations on its arguments, and on arrays
 * computed from them, are recorded on a tape, which the backward pass traverses in reverse.
 * Differentiations may be nested. Arrays of integers or bool (masks, keys) are constants.
 *
 * <p>Order of operations: that of each operation's derivative (docs/numerics.md); the cotangents of
 * an array that is used several times are added in the order of use.
 */
public final class Grad {
  private static final ScopedValue<Boolean> STOP_AT_NAN = ScopedValue.newInstance();

  private Grad() {}

  /**
   * A scalar and its gradient.
   *
   * @param value the loss
   * @param gradient a tree with the argument's structure and its leaves' shapes and dtypes
   */
  public record ValueAndGrad<T>(Array value, T gradient) {}

  /** A scalar, its gradient, and the program's auxiliary output. */
  public record ValueGradAndAux<T, A>(Array value, T gradient, A aux) {}

  /** A scalar to differentiate and an auxiliary output. */
  public record WithAux<A>(Array value, A aux) {}

  /**
   * A scalar and its gradient with respect to all leaves, {@code jax.value_and_grad}.
   *
   * @param loss returns a floating-point scalar
   * @param at the argument, a tree of floating-point leaves
   * @throws IllegalArgumentException if a leaf is not floating-point, or the loss is not a
   *     floating-point scalar
   */
  public static <T extends ArrayTree<T>> ValueAndGrad<T> valueAndGrad(
      Function<T, Array> loss, T at) {
    Function<T, WithAux<Array>> program =
        tree -> {
          Array value = loss.apply(tree);
          return new WithAux<>(value, value);
        };
    ValueGradAndAux<T, Array> all = valueGradAndAux(program, at);
    return new ValueAndGrad<>(all.value, all.gradient);
  }

  /** The gradient alone, {@code jax.grad}; as {@link #valueAndGrad}. */
  public static <T extends ArrayTree<T>> T grad(Function<T, Array> loss, T at) {
    return valueAndGrad(loss, at).gradient();
  }

  /**
   * As {@link #valueAndGrad}, with an auxiliary output, {@code has_aux=True}: mutated variables,
   * sown weights, metrics.
   */
  public static <T extends ArrayTree<T>, A extends ArrayTree<A>>
      ValueGradAndAux<T, A> valueGradAndAux(Function<T, WithAux<A>> loss, T at) {
    requireFloating(at);
    Tape tape = new Tape();
    WithAux<A> result;
    try {
      result = loss.apply(tape.trace(at));
    } finally {
      tape.end();
    }
    Array value = result.value();
    if (value.rank() != 0 || !value.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "grad: argument \"loss\": expected a floating-point scalar as its result, got %s%s"
              .formatted(value.dtype(), value.shape()));
    }
    Array one = Array.scalar(1, value.dtype());
    List<Array> leaves = at.leaves();
    @Nullable Array[] gradients = tape.backward(List.of(value), List.of(one), leaves.size(), true);
    return new ValueGradAndAux<>(
        untraced(tape, value),
        at.withLeaves(orZeros(gradients, leaves)),
        untraced(tape, result.aux()));
  }

  /**
   * The output of a program and its vector-Jacobian product, {@code jax.vjp}.
   *
   * @param program returns an array or a tree of arrays
   * @param at the argument, a tree of floating-point leaves
   * @throws IllegalArgumentException if a leaf is not floating-point
   */
  public static <T extends ArrayTree<T>, U extends ArrayTree<U>> Vjp<T, U> vjp(
      Function<T, U> program, T at) {
    requireFloating(at);
    Tape tape = new Tape();
    U output;
    try {
      output = program.apply(tape.trace(at));
    } finally {
      tape.end();
    }
    U plain = untraced(tape, output);
    return new Vjp<>(
        plain,
        cotangent -> {
          List<Array> seeds = Vjp.requireLike(plain.leaves(), cotangent.leaves());
          List<Array> leaves = at.leaves();
          @Nullable Array[] gradients = tape.backward(output.leaves(), seeds, leaves.size(), false);
          return at.withLeaves(orZeros(gradients, leaves));
        });
  }

  /** The same values as constants, without a gradient, {@code lax.stop_gradient}. */
  public static <T extends ArrayTree<T>> T stopGradient(T tree) {
    return tree.withLeaves(tree.leaves().stream().map(Array::untraced).toList());
  }

  /**
   * The function with rematerialization, {@code jax.checkpoint}. Differentiation keeps its inputs
   * and outputs only and recomputes the intermediate values in the backward pass. The bits are the
   * same.
   *
   * <pre>{@code
   * var block = Grad.checkpoint(
   *     (TreePair<Variables, Array> at) -> module.apply(at.first(), at.second(), rngs));
   * Array y = block.apply(TreePair.of(variables, x)); // the same dropout masks when recomputed
   * }</pre>
   *
   * <p>The function must be pure; in particular it must not use a scope, whose random streams are
   * stateful. Where the argument is not traced, the function is just called.
   */
  public static <T extends ArrayTree<T>, U extends ArrayTree<U>> Function<T, U> checkpoint(
      Function<T, U> function) {
    return at -> {
      Tape tape = tapeOf(at.leaves());
      if (tape == null) {
        return function.apply(at);
      }
      return tape.checkpoint(leaves -> function.apply(at.withLeaves(leaves)), at.leaves());
    };
  }

  private static @Nullable Tape tapeOf(List<Array> arrays) {
    Tape innermost = null;
    for (Array array : arrays) {
      if (array.tracer() instanceof Tape tape
          && (innermost == null || tape.level() > innermost.level())) {
        innermost = tape;
      }
    }
    return innermost;
  }

  /**
   * Runs a program in which every differentiation checks for NaN, {@code jax_debug_nans}: the first
   * operation, forward or backward, that produces NaN from inputs without NaN throws.
   *
   * @throws NotANumberException naming that operation
   */
  public static <R> R stoppingAtNaN(Supplier<R> program) {
    return ScopedValue.where(STOP_AT_NAN, true).call(program::get);
  }

  static boolean stopsAtNaN() {
    return STOP_AT_NAN.orElse(false);
  }

  private static void requireFloating(ArrayTree<?> at) {
    List<Array> leaves = at.leaves();
    for (int i = 0; i < leaves.size(); i++) {
      Array leaf = leaves.get(i);
      if (!leaf.dtype().isFloating()) {
        throw new IllegalArgumentException(
            "grad: argument \"at\": expected floating-point arrays, got %s%s at %s"
                .formatted(leaf.dtype(), leaf.shape(), at.paths().get(i)));
      }
    }
  }

  /** A tree whose leaves are no longer traced by a tape. */
  private static <T extends ArrayTree<T>> T untraced(Tape tape, T tree) {
    return tree.withLeaves(
        tree.leaves().stream().map(leaf -> leaf.tracer() == tape ? leaf.primal() : leaf).toList());
  }

  private static List<Array> orZeros(@Nullable Array[] gradients, List<Array> leaves) {
    List<Array> all = new ArrayList<>();
    for (int i = 0; i < gradients.length; i++) {
      Array cotangent = gradients[i];
      all.add(cotangent == null ? Creation.zerosLike(leaves.get(i)) : cotangent);
    }
    return all;
  }
}
