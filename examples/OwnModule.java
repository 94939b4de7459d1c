// A module of one's own, trained with AdamW: ./heddle java examples/OwnModule.java

import dev.heddle.array.Array;
import dev.heddle.array.Elementwise;
import dev.heddle.grad.Grad;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.Module; // this import decides against java.lang.Module
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Scope;
import dev.heddle.linen.Variables;
import dev.heddle.optim.Losses;
import dev.heddle.optim.Optim;
import dev.heddle.optim.OptState;

// ---------------------------------------------------------------- 1. the module

/** Two dense layers with a tanh between them: [batch, 2] to logits [batch, 2]. */
static final class Classifier extends Module<Array, Array> {
  @Override
  protected Array call(Scope scope, Array x) {
    Array hidden = Elementwise.tanh(scope.call("hidden", Dense.of(8), x));
    return scope.call("logits", Dense.of(2), hidden);
  }
}

// ---------------------------------------------------------------- 2. the data: exclusive or

static final Array X = Array.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
static final Array LABELS = Array.of(new int[] {0, 1, 1, 0}, 4);

// ---------------------------------------------------------------- 3. the training loop

void main() {
  var model = new Classifier();
  Variables params = model.init(Rngs.of(0), X);
  IO.println(params);

  var tx = Optim.adamw(0.05);
  OptState state = tx.init(params);
  for (int step = 0; step < 100; step++) {
    var loss =
        Grad.valueAndGrad(
            p -> Losses.softmaxCrossEntropyWithIntegerLabels(model.apply(p, X), LABELS).mean(),
            params);
    if (step % 25 == 0) {
      IO.println("step %2d  loss %.4f".formatted(step, loss.value().item()));
    }
    var next = Optim.applyGradients(tx, loss.gradient(), state, params);
    params = next.params();
    state = next.state();
  }

  // ---------------------------------------------------------------- 4. what it learned

  Array logits = model.apply(params, X);
  for (int i = 0; i < 4; i++) {
    float[] x = X.get(i).toFloatArray();
    float[] scores = logits.get(i).toFloatArray();
    IO.println("%.0f xor %.0f = %d".formatted(x[0], x[1], scores[1] > scores[0] ? 1 : 0));
  }
}

/* Prints:
path                  dtype    shape   size  bytes
params/hidden/kernel  float32  [2, 8]    16     64
params/hidden/bias    float32  [8]        8     32
params/logits/kernel  float32  [8, 2]    16     64
params/logits/bias    float32  [2]        2      8
total                                    42    168

step  0  loss 0.7405
step 25  loss 0.1034
step 50  loss 0.0040
step 75  loss 0.0018
0 xor 0 = 0
0 xor 1 = 1
1 xor 0 = 1
1 xor 1 = 0
*/
