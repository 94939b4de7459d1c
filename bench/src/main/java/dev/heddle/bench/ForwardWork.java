package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import java.util.List;

/** Computes the layer's output. */
record ForwardWork(
    MultiHeadDotProductAttention attention, Variables variables, AttentionInputs inputs)
    implements Work {
  @Override
  public List<String> names() {
    return List.of("output");
  }

  @Override
  public List<Array> run() {
    return List.of(attention.apply(variables, inputs));
  }
}
