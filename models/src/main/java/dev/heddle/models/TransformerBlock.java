package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.Elementwise;
import dev.heddle.linen.Module;
import dev.heddle.linen.Scope;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.initializers.Initializers;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.LayerNorm;
import java.util.List;
import java.util.stream.IntStream;

/** A pre-norm block of a {@link CausalLanguageModel}: attention, then an MLP. */
final class TransformerBlock extends Module<TransformerBlock.Inputs, Array> {
  /** The ratio of the MLP's hidden features to the model's features. */
  private static final int MLP_RATIO = 4;

  private final CausalLanguageModel.Config config;
  private final LayerNorm attentionNorm;
  private final MultiHeadDotProductAttention attention;
  private final LayerNorm mlpNorm;
  private final Dense up;
  private final Dense down;

  /**
   * The inputs of a block.
   *
   * @param x shape {@code [B..., L, F]}
   * @param mask shape {@code [B..., 1, L, L]}
   * @param deterministic whether dropout is off
   */
  record Inputs(Array x, Array mask, boolean deterministic) {}

  private TransformerBlock(CausalLanguageModel.Config config) {
    this.config = config;
    attentionNorm = norm(config);
    attention =
        MultiHeadDotProductAttention.builder()
            .numHeads(config.heads())
            .dropoutRate(config.dropoutRate())
            .dtype(config.dtype())
            .paramDtype(config.paramDtype())
            .kernelInit(Initializers.normal(CausalLanguageModel.STDDEV))
            .build();
    mlpNorm = norm(config);
    up = dense(config, MLP_RATIO * config.features());
    down = dense(config, config.features());
  }

  /** Makes the blocks of a model. */
  static List<TransformerBlock> stack(CausalLanguageModel.Config config) {
    return IntStream.range(0, config.layers()).mapToObj(i -> new TransformerBlock(config)).toList();
  }

  private static LayerNorm norm(CausalLanguageModel.Config config) {
    return LayerNorm.builder().dtype(config.dtype()).paramDtype(config.paramDtype()).build();
  }

  private static Dense dense(CausalLanguageModel.Config config, int features) {
    return Dense.builder()
        .features(features)
        .kernelInit(Initializers.normal(CausalLanguageModel.STDDEV))
        .dtype(config.dtype())
        .paramDtype(config.paramDtype())
        .build();
  }

  @Override
  protected Array call(Scope scope, Inputs in) {
    AttentionInputs normalized =
        AttentionInputs.of(scope.call("ln_1", attentionNorm, in.x)).mask(in.mask);
    Array seen =
        scope.call("attention", attention, normalized.deterministic(in.deterministic)); // [L, F]
    Array x = in.x.plus(drop(scope, "dropout_1", config, seen, in.deterministic));
    Array hidden = scope.call("up", up, scope.call("ln_2", mlpNorm, x)); // [L, 4 F]
    Array mlp = scope.call("down", down, Elementwise.gelu(hidden)); // [L, F]
    return x.plus(drop(scope, "dropout_2", config, mlp, in.deterministic));
  }

  /** Applies dropout at the model's rate. */
  static Array drop(
      Scope scope, String name, CausalLanguageModel.Config config, Array x, boolean deterministic) {
    if (config.dropoutRate() == 0 || deterministic) {
      return x;
    }
    Dropout dropout = Dropout.of(config.dropoutRate());
    return scope.call(name, dropout, Dropout.Inputs.of(x).deterministic(false));
  }

  @Override
  protected List<Array> inputArrays(Inputs in) {
    return List.of(in.x);
  }
}
