package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import java.util.ArrayList;
import java.util.List;

/** Computes the layer's output and the gradients with respect to its parameters and inputs. */
record BackwardWork(
    MultiHeadDotProductAttention attention,
    Variables variables,
    AttentionInputs inputs,
    Array cotangent)
    implements Work {
  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(List.of("output", "grads/inputs_q"));
    variables
        .flatten()
        .keySet()
        .forEach(path -> names.add("grads/" + path.substring("params/".length())));
    return names;
  }

  @Override
  public List<Array> run() {
    var vjp =
        Grad.vjp(
            (TreePair<Variables, Array> at) ->
                attention.apply(at.first(), AttentionInputs.of(at.second()).mask(inputs.mask())),
            TreePair.of(variables, inputs.inputsQ()));
    var gradients = vjp.pullback(cotangent);
    List<Array> arrays = new ArrayList<>(List.of(vjp.output(), gradients.second()));
    arrays.addAll(gradients.first().leaves());
    return arrays;
  }
}
