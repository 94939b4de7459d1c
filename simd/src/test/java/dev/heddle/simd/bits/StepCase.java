package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.optim.Optim;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of {@code LayerNorm(gelu(Dense(x)))} with respect to parameters and input, and two
 * AdamW steps with them, so that the second step has nonzero moments.
 *
 * @param paramDtype the type of all parameters
 */
record StepCase(
    long seed,
    DType dtype,
    DType paramDtype,
    int rows,
    int features,
    int hidden,
    boolean exactGelu,
    boolean fastVariance)
    implements Case {
  static StepCase draw(Draw draw, Size size) {
    int rows = draw.oneOf(size.queries());
    int features = draw.oneOf(draw.from(1, 40), 64, 129, 770);
    int hidden = draw.oneOf(draw.from(1, 40), 64, 129, 257);
    while (3.0 * rows * features * hidden > size.cost() && rows + features > 2) {
      if (rows > 1) {
        rows = (rows + 1) / 2;
      } else {
        features = (features + 1) / 2;
      }
    }
    DType dtype =
        draw.oneOf(DType.FLOAT32, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64);
    DType paramDtype = draw.chance(3) ? dtype : DType.FLOAT32;
    return new StepCase(
        draw.seed(), dtype, paramDtype, rows, features, hidden, draw.chance(2), draw.chance(2));
  }

  @Override
  public List<Array> run() {
    Dense dense = Dense.builder().features(hidden).dtype(dtype).paramDtype(paramDtype).build();
    LayerNorm norm =
        LayerNorm.builder()
            .dtype(dtype)
            .paramDtype(paramDtype)
            .useFastVariance(fastVariance)
            .build();
    Array x = Numbers.of(seed, dtype, rows, features);
    Array wide = Numbers.of(seed, dtype, 1, hidden);
    var params = TreePair.of(dense.init(Rngs.of(0), x), norm.init(Rngs.of(1), wide));
    var vjp =
        Grad.vjp(
            (TreePair<TreePair<Variables, Variables>, Array> at) -> {
              Array y = dense.apply(at.first().first(), at.second());
              Array active = exactGelu ? Elementwise.geluExact(y) : Elementwise.gelu(y);
              return norm.apply(at.first().second(), active);
            },
            TreePair.of(params, x));
    var gradients = vjp.pullback(Numbers.of(seed + 1, dtype, rows, hidden));

    var tx =
        Optim.chain(
            Optim.clipByGlobalNorm(1), Optim.adamw(0.01).mask((path, param) -> param.rank() > 1));
    var one = Optim.applyGradients(tx, gradients.first(), tx.init(params), params);
    var two = Optim.applyGradients(tx, gradients.first(), one.state(), one.params());
    List<Array> made = new ArrayList<>(gradients.leaves());
    made.addAll(two.params().leaves());
    made.addAll(two.state().leaves());
    return made;
  }
}
