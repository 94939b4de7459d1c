package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.support.Numbers;
import java.util.List;

/** The gradients of {@code dotProductAttention} with respect to query, key, value and bias. */
record FunctionGradientCase(FunctionCase of) implements Case {
  static FunctionGradientCase draw(Draw draw, Size size) {
    return new FunctionGradientCase(FunctionCase.draw(draw, size).withoutSpecial());
  }

  @Override
  public List<Array> run() {
    Array own = of.bias();
    Array bias = own == null ? Array.scalar(0, of.dtype()) : own;
    var vjp =
        Grad.vjp(
            at ->
                DotProductAttention.dotProductAttention(
                    at.first().first(),
                    at.first().second(),
                    at.second().first(),
                    of.options(own == null ? null : at.second().second())),
            TreePair.of(TreePair.of(of.query(), of.key()), TreePair.of(of.value(), bias)));
    Array output = vjp.output();
    return vjp.pullback(Numbers.of(of.seed() + 10, output.dtype(), output.shape().dims())).leaves();
  }
}
