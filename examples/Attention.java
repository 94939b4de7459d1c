// Attention from the first layer to masks, weights and gradients: ./heddle java examples/Attention.java

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.grad.Grad;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.random.Key;
import dev.heddle.random.Random;

// ---------------------------------------------------------------- 1. inputs

// Two sequences of three tokens with eight features each: [batch, length, features].
static final Array X = Random.normal(Key.of(1), DType.FLOAT32, 2, 3, 8);

// ---------------------------------------------------------------- 2. the layer and its parameters

static final MultiHeadDotProductAttention ATTENTION =
    MultiHeadDotProductAttention.builder().numHeads(2).build();

// The parameters that Flax makes of jax.random.key(0).
static final Variables VARIABLES = ATTENTION.init(Rngs.of(0), X);

void main() {
  IO.println("parameters: " + VARIABLES.get("params/query/kernel").shape() + " and seven more");
  selfAttention();
  masks();
  weights();
  gradients();
}

// ---------------------------------------------------------------- 3. calls

void selfAttention() {
  Array y = ATTENTION.apply(VARIABLES, X);
  Array memory = Random.normal(Key.of(2), DType.FLOAT32, 2, 5, 8);
  Array z = ATTENTION.apply(VARIABLES, X, memory); // queries of X attend to keys of memory
  IO.println("self-attention " + y.shape() + ", cross-attention " + z.shape());
}

// ---------------------------------------------------------------- 4. masks

void masks() {
  Array tokens = Array.of(new int[] {5, 9, 2, 4, 0, 0}, 2, 3); // 0 is padding
  Array mask = Masks.makeCausalMask(tokens);
  Array y = ATTENTION.apply(VARIABLES, AttentionInputs.of(X).mask(mask));
  Array first = ATTENTION.apply(VARIABLES, X.get(0).get(0).reshape(1, 1, 8));
  IO.println("causal: the first token sees itself only: " + y.get(0, 0).equals(first.get(0, 0)));
}

// ---------------------------------------------------------------- 5. attention weights

void weights() {
  var result =
      ATTENTION.apply(
          VARIABLES,
          AttentionInputs.of(X).sowWeights(true),
          Rngs.none(),
          Mutable.of("intermediates"));
  Array weights = result.variables().get("intermediates/attention_weights/0");
  IO.println("weights [batch, heads, queries, keys]: " + weights.shape());
}

// ---------------------------------------------------------------- 6. gradients

void gradients() {
  var loss =
      Grad.valueAndGrad(
          variables -> {
            Array y = ATTENTION.apply(variables, X);
            return y.times(y).mean();
          },
          VARIABLES);
  IO.println("loss " + loss.value().item());
  IO.println("its gradient: " + loss.gradient().get("params/query/kernel").shape());
}

/* Prints:
parameters: [8, 2, 4] and seven more
self-attention [2, 3, 8], cross-attention [2, 3, 8]
causal: the first token sees itself only: true
weights [batch, heads, queries, keys]: [2, 2, 3, 3]
loss 0.46648693084716797
its gradient: [8, 2, 4]
*/
