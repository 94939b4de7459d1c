package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Softmax;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.optim.Optim;
import dev.heddle.support.Numbers;

/**
 * A step of AdamW for a block of a language model, {@code logSoftmax(Dense(gelu(Dense(LayerNorm(x +
 * attention(x))))))}, with causal attention.
 */
record BlockStep(int batch, int length, int features) implements Runnable {
  @Override
  public void run() {
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).build();
    var norm = LayerNorm.builder().build();
    var up = Dense.builder().features(4 * features).build();
    var down = Dense.builder().features(features).build();
    Array x = Numbers.of(1, DType.FLOAT32, batch, length, features);
    Array wide = Numbers.of(1, DType.FLOAT32, 1, 4 * features);
    Array causal = Masks.makeCausalMask(Array.zeros(DType.INT32, batch, length));
    var params =
        TreePair.of(
            TreePair.of(attention.init(Rngs.of(0), x), norm.init(Rngs.of(1), x)),
            TreePair.of(up.init(Rngs.of(2), x), down.init(Rngs.of(3), wide)));
    var step =
        Grad.valueAndGrad(
            (TreePair<TreePair<Variables, Variables>, TreePair<Variables, Variables>> at) -> {
              AttentionInputs inputs = AttentionInputs.of(x).mask(causal);
              Array seen = x.plus(attention.apply(at.first().first(), inputs));
              Array normal = norm.apply(at.first().second(), seen);
              Array active = Elementwise.gelu(up.apply(at.second().first(), normal));
              Array logits = down.apply(at.second().second(), active);
              return Softmax.logSoftmax(logits).mean().negate();
            },
            params);
    var optimizer = Optim.adamw(1e-3);
    Optim.applyGradients(optimizer, step.gradient(), optimizer.init(params), params);
  }
}
