package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of a call of the layer, and of its sown weights, with respect to parameters and
 * inputs.
 */
record LayerGradientCase(LayerCase of) implements Case {
  static LayerGradientCase draw(Draw draw, Size size) {
    return new LayerGradientCase(LayerCase.draw(draw, size));
  }

  @Override
  public List<Array> run() {
    AttentionInputs inputs = of.inputs().sowWeights(of.sowWeights());
    var vjp = vjp(inputs);
    return vjp.pullback(cotangent(vjp.output())).leaves();
  }

  /** The gradient of a batch element's input is the same as in the batch. */
  @Override
  public List<String> disagreements(List<Array> made) {
    if (of.dropoutRate() > 0 || of.sowWeights() || of.batch().isEmpty()) {
      return List.of();
    }
    AttentionInputs all = of.inputs();
    int last = of.batch().getFirst() - 1;
    Array cotangent = cotangent(vjp(all).output()).first().get(last);
    List<Array> leaves = all.leaves().stream().map(leaf -> leaf.get(last)).toList();
    var alone = vjp(all.withLeaves(leaves).mask(of.element(all, last).mask()));
    List<Array> gradients =
        alone.pullback(TreePair.of(cotangent, Variables.empty())).second().leaves();
    int params = made.size() - gradients.size();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      if (!gradients.get(i).equals(made.get(params + i).get(last))) {
        wrong.add("the gradient of input " + i + " has other bits for element " + last + " alone");
      }
    }
    return wrong;
  }

  private Vjp<TreePair<Variables, AttentionInputs>, TreePair<Array, Variables>> vjp(
      AttentionInputs inputs) {
    MultiHeadDotProductAttention layer = of.layer();
    Variables variables = layer.init(Rngs.of(0), inputs.sowWeights(false).deterministic(true));
    Rngs rngs = Rngs.of("dropout", 7);
    return Grad.vjp(
        at -> {
          if (!inputs.sowWeights()) {
            return TreePair.of(layer.apply(at.first(), at.second(), rngs), Variables.empty());
          }
          var applied = layer.apply(at.first(), at.second(), rngs, Mutable.of("intermediates"));
          return TreePair.of(applied.output(), applied.variables());
        },
        TreePair.of(variables, inputs));
  }

  private TreePair<Array, Variables> cotangent(TreePair<Array, Variables> output) {
    List<Array> drawn = new ArrayList<>();
    for (Array leaf : output.leaves()) {
      drawn.add(Numbers.of(of.seed() + 10 + drawn.size(), leaf.dtype(), leaf.shape().dims()));
    }
    return output.withLeaves(drawn);
  }
}
