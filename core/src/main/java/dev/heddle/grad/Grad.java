package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.op.Creation;
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
 * both.pullback(cotangent).second(); // what a change of x is worth
 * }</pre>
 *
 * <p>The program is run once and may do whatever Java can; operations on the arrays that it is
 * given, and on what is made of them, are noted down and played backwards. Differentiations may lie
 * in one another. What does not float (integers, bool, masks, keys) is constant.
 *
 * <p>Order of operations: that of each operation's derivative (docs/numerics.md); an array that is
 * used several times adds its cotangents in the order of use.
 */
public final class Grad {
  private static final ScopedValue<Boolean> STOP_AT_NAN = ScopedValue.newInstance();

  private Grad() {}

  /**
   * A scalar and its gradient.
   *
   * @param value what the program returned
   * @param gradient a tree as the one differentiated by, each leaf of that leaf's shape and dtype
   */
  public record ValueAndGrad<T>(Array value, T gradient) {}

  /** A scalar, its gradient, and what the program returned beside it. */
  public record ValueGradAndAux<T, A>(Array value, T gradient, A aux) {}

  /** A scalar to differentiate and something else that the program wants to hand out. */
  public record WithAux<A>(Array value, A aux) {}

  /**
   * A scalar and its gradient by every leaf of a tree, {@code jax.value_and_grad}.
   *
   * @param loss gives an array of one element and no axes
   * @param at where; every leaf of floating point
   * @throws IllegalArgumentException if a leaf does not float, or the loss is no floating-point
   *     scalar
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
      result = loss.apply(tape.mark(at));
    } finally {
      tape.end();
    }
    Array value = result.value();
    if (value.rank() != 0 || !value.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "grad: expected a loss that is a floating-point scalar, got "
              + value.dtype()
              + value.shape());
    }
    Array one = Array.scalar(1, value.dtype());
    List<Array> leaves = at.leaves();
    @Nullable Array[] found = tape.backward(List.of(value), List.of(one), leaves.size(), true);
    return new ValueGradAndAux<>(
        outside(tape, value), at.withLeaves(orZeros(found, leaves)), outside(tape, result.aux()));
  }

  /**
   * An output and the way back from it, {@code jax.vjp}.
   *
   * @param program gives an array or a tree of arrays
   * @param at where; every leaf of floating point
   * @throws IllegalArgumentException if a leaf does not float
   */
  public static <T extends ArrayTree<T>, U extends ArrayTree<U>> Vjp<T, U> vjp(
      Function<T, U> program, T at) {
    requireFloating(at);
    Tape tape = new Tape();
    U output;
    try {
      output = program.apply(tape.mark(at));
    } finally {
      tape.end();
    }
    U plain = outside(tape, output);
    return new Vjp<>(
        plain,
        cotangent -> {
          List<Array> given = Vjp.requireLike(plain.leaves(), cotangent.leaves());
          List<Array> leaves = at.leaves();
          @Nullable Array[] found = tape.backward(output.leaves(), given, leaves.size(), false);
          return at.withLeaves(orZeros(found, leaves));
        });
  }

  /** The same values as a constant: nothing flows back through them, {@code lax.stop_gradient}. */
  public static <T extends ArrayTree<T>> T stopGradient(T tree) {
    return tree.withLeaves(tree.leaves().stream().map(Array::untraced).toList());
  }

  /**
   * The same function, of which only inputs and outputs are kept while it is differentiated; what
   * lies between is computed again on the way back, {@code jax.checkpoint}. The bits are the same.
   *
   * <p>The function must be pure: a scope, whose random streams count, is not to be used in it. It
   * takes part only where something marks its argument.
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
   * Runs a program in which every differentiation watches for NaN, {@code jax_debug_nans}: the
   * first operation, forward or backward, that makes one of numbers ends it.
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
            "grad: expected floating-point arrays to differentiate by, got "
                + leaf.dtype()
                + leaf.shape()
                + " at "
                + at.paths().get(i));
      }
    }
  }

  /** A tree as it is outside of a tape. */
  private static <T extends ArrayTree<T>> T outside(Tape tape, T tree) {
    return tree.withLeaves(
        tree.leaves().stream().map(leaf -> leaf.tracer() == tape ? leaf.primal() : leaf).toList());
  }

  private static List<Array> orZeros(@Nullable Array[] found, List<Array> leaves) {
    List<Array> all = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      Array cotangent = found[i];
      all.add(cotangent == null ? Creation.zerosLike(leaves.get(i)) : cotangent);
    }
    return all;
  }
}
