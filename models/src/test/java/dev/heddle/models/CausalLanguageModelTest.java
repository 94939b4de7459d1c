package dev.heddle.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.linen.LinenException;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.models.CausalLanguageModel.Config;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The model: its variables, its causality, and its errors. */
class CausalLanguageModelTest {
  private static final Config TINY =
      Config.builder().vocabulary(11).length(7).features(6).heads(2).layers(2).build();

  /** Two sequences of five tokens. */
  private static final Array TOKENS = Array.of(new int[] {1, 2, 3, 4, 5, 10, 9, 8, 7, 6}, 2, 5);

  /** What flax 0.12.8 gives for the last position of the first sequence, from the same seed. */
  private static final float[] FLAX = {
    -0.135208517f,
    0.0507740639f,
    0.0732238367f,
    -0.059066169f,
    -0.0206816494f,
    0.093147926f,
    0.0365447998f,
    -0.0432527177f,
    -0.00455367938f,
    0.0567707755f,
    -0.0327413008f
  };

  private final CausalLanguageModel model = CausalLanguageModel.of(TINY);
  private final Variables variables = model.init(Rngs.of(0), TOKENS);

  @Test
  void theVariablesHaveLinensNamesAndShapes() {
    List<String> paths = variables.paths();

    assertThat(paths)
        .startsWith("params/embed/embedding", "params/positions/embedding")
        .endsWith("params/ln/scale", "params/ln/bias");
    assertThat(paths.stream().filter(path -> path.startsWith("params/block_1/")))
        .containsExactly(
            "params/block_1/ln_1/scale",
            "params/block_1/ln_1/bias",
            "params/block_1/attention/query/kernel",
            "params/block_1/attention/query/bias",
            "params/block_1/attention/key/kernel",
            "params/block_1/attention/key/bias",
            "params/block_1/attention/value/kernel",
            "params/block_1/attention/value/bias",
            "params/block_1/attention/out/kernel",
            "params/block_1/attention/out/bias",
            "params/block_1/ln_2/scale",
            "params/block_1/ln_2/bias",
            "params/block_1/up/kernel",
            "params/block_1/up/bias",
            "params/block_1/down/kernel",
            "params/block_1/down/bias");
    assertThat(variables.get("params/embed/embedding").shape().dims()).containsExactly(11, 6);
    assertThat(variables.get("params/positions/embedding").shape().dims()).containsExactly(7, 6);
    assertThat(variables.get("params/block_0/up/kernel").shape().dims()).containsExactly(6, 24);
    assertThat(variables.get("params/block_0/attention/query/kernel").shape().dims())
        .containsExactly(6, 2, 3);
  }

  @Test
  void theSmallModelHasEightHundredThousandParameters() {
    var small = CausalLanguageModel.of(Config.small());

    long size = small.init(Rngs.of(0), Array.of(new int[] {0}, 1, 1)).size();

    int perBlock = 2 * 2 * 128 + 4 * (128 * 128 + 128) + (128 * 512 + 512) + (512 * 128 + 128);
    assertThat(size).isEqualTo((256 + 128) * 128 + 4 * perBlock + 2 * 128);
  }

  @Test
  void theLogitsAreFlaxs() {
    Array logits = model.apply(variables, TOKENS);

    assertThat(logits.shape().dims()).containsExactly(2, 5, 11);
    assertThat(logits.get(0, 4).toFloatArray()).containsExactly(FLAX, within(1e-6f));
  }

  @Test
  void aPositionDoesNotSeeWhatComesAfterIt() {
    int[] tokens = Arrays.stream(TOKENS.toLongArray()).mapToInt(token -> (int) token).toArray();
    tokens[3] = 0; // of the first sequence
    tokens[4] = 9;

    Array before = model.apply(variables, TOKENS);
    Array after = model.apply(variables, Array.of(tokens, 2, 5));

    for (int place = 0; place < 3; place++) {
      assertThat(after.get(0, place)).isEqualTo(before.get(0, place));
    }
    assertThat(after.get(0, 3)).isNotEqualTo(before.get(0, 3));
    assertThat(after.get(0, 4)).isNotEqualTo(before.get(0, 4));
    assertThat(after.get(1)).isEqualTo(before.get(1));
  }

  @Test
  void aTextAloneAndItsBeginningHaveTheBitsOfTheBatch() {
    Array all = model.apply(variables, TOKENS);
    Array alone = model.apply(variables, TOKENS.get(1));
    Array beginning = model.apply(variables, Array.of(new int[] {10, 9, 8}, 3));

    assertThat(alone).isEqualTo(all.get(1));
    assertThat(beginning.get(2)).isEqualTo(all.get(1, 2));
  }

  @Test
  void dropoutNeedsAKeyAndTheSameKeyDropsTheSame() {
    var dropping = CausalLanguageModel.of(TINY.toBuilder().dropoutRate(0.5).build());
    LanguageModelInputs inputs = LanguageModelInputs.of(TOKENS).deterministic(false);

    Array once = dropping.apply(variables, inputs, Rngs.of("dropout", 1));

    assertThat(dropping.apply(variables, inputs, Rngs.of("dropout", 1))).isEqualTo(once);
    assertThat(dropping.apply(variables, inputs, Rngs.of("dropout", 2))).isNotEqualTo(once);
    assertThat(dropping.apply(variables, TOKENS)).isEqualTo(model.apply(variables, TOKENS));
    assertThatThrownBy(() -> dropping.apply(variables, inputs))
        .isInstanceOf(LinenException.InvalidRngError.class);
  }

  @Test
  void theTypeOfTheComputationLeavesTheParametersAlone() {
    var half = CausalLanguageModel.of(TINY.toBuilder().dtype(DType.BFLOAT16).build());

    assertThat(half.init(Rngs.of(0), TOKENS)).isEqualTo(variables);
    assertThat(half.apply(variables, TOKENS).dtype()).isEqualTo(DType.BFLOAT16);
    var small = CausalLanguageModel.of(TINY.toBuilder().paramDtype(DType.BFLOAT16).build());
    assertThat(small.init(Rngs.of(0), TOKENS).leaves())
        .allMatch(leaf -> leaf.dtype() == DType.BFLOAT16);
  }

  @Test
  void whatTheModelCannotReadIsAnError() {
    assertThatThrownBy(() -> model.apply(variables, Array.of(new int[16], 2, 8)))
        .hasMessage(
            "/: argument \"tokens\": expected shape [batch..., length] with a length of at most 7,"
                + " got [2, 8]");
    assertThatThrownBy(() -> model.apply(variables, Array.of(new int[] {3, 11}, 2)))
        .hasMessage("/embed: argument \"inputs\": expected numbers from 0 to 10, got 11");
  }

  @Test
  void aConfigurationIsChecked() {
    refuses(b -> b.vocabulary(0), "\"vocabulary\": expected a positive number, got 0");
    refuses(b -> b.length(0), "\"length\": expected a positive number, got 0");
    refuses(b -> b.features(-1), "\"features\": expected a positive number, got -1");
    refuses(b -> b.layers(0), "\"layers\": expected a positive number, got 0");
    refuses(b -> b.heads(3), "\"heads\": expected a divisor of the 128 features, got 3");
    refuses(b -> b.dropoutRate(1), "\"dropout_rate\": expected a rate from 0 to below 1, got 1.0");
    refuses(b -> b.dtype(DType.INT32), "\"dtype\": expected a floating-point type, got int32");
    refuses(
        b -> b.paramDtype(DType.BOOL), "\"param_dtype\": expected a floating-point type, got bool");
  }

  private static void refuses(UnaryOperator<Config.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(Config.builder()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("CausalLanguageModel: argument " + message);
  }
}
