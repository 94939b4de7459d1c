package dev.heddle.linen.attention;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.random.Key;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a call of attention: Flax's {@code inputs_q}, {@code inputs_kv} or {@code inputs_k}
 * and {@code inputs_v}, {@code mask}, {@code deterministic}, {@code dropout_rng} and {@code
 * sow_weights}.
 *
 * <pre>{@code
 * AttentionInputs.of(x);                              // self-attention
 * AttentionInputs.of(x, memory).mask(mask);           // cross-attention
 * AttentionInputs.of(x, keys, values).deterministic(true);
 * }</pre>
 *
 * @param inputsQ the input of the query projection, shape {@code [B..., Q, F]}
 * @param inputsK the input of the key projection, shape {@code [B..., K, any]}
 * @param inputsV the input of the value projection, shape {@code [B..., K, any]}
 * @param mask nonzero where a query attends to a key, any dtype, broadcasts to {@code [B..., H, Q,
 *     K]}; null for all
 * @param deterministic whether dropout is off; null if the module was built with it
 * @param dropoutRng the key of attention's dropout in place of the stream {@code dropout}
 * @param sowWeights whether the weights are sown as {@code intermediates/attention_weights}
 */
public record AttentionInputs(
    Array inputsQ,
    Array inputsK,
    Array inputsV,
    @Nullable Array mask,
    @Nullable Boolean deterministic,
    @Nullable Key dropoutRng,
    boolean sowWeights)
    implements ArrayTree<AttentionInputs> {

  /**
   * Checks that none of the three is null.
   *
   * @throws NullPointerException if one is null; the message names it
   */
  public AttentionInputs {
    Objects.requireNonNull(inputsQ, "inputsQ");
    Objects.requireNonNull(inputsK, "inputsK");
    Objects.requireNonNull(inputsV, "inputsV");
  }

  /** Self-attention: queries, keys and values are projections of one input. */
  public static AttentionInputs of(Array inputs) {
    return of(inputs, inputs, inputs);
  }

  /** Keys and values are projections of one input, {@code inputs_kv}. */
  public static AttentionInputs of(Array inputsQ, Array inputsKv) {
    return of(inputsQ, inputsKv, inputsKv);
  }

  /**
   * Each is a projection of its own input: {@code inputs_q}, {@code inputs_k}, {@code inputs_v}.
   */
  public static AttentionInputs of(Array inputsQ, Array inputsK, Array inputsV) {
    return new AttentionInputs(inputsQ, inputsK, inputsV, null, null, null, false);
  }

  /**
   * The inputs by all names of Flax's call, not all of which can be given together.
   *
   * @param inputsKv keys and values; null where {@code inputsK} is given or for self-attention
   * @param inputsK keys, and values too unless {@code inputsV} is given
   * @param inputsV values; needs {@code inputsK}
   * @throws IllegalArgumentException if {@code inputsKv} is given with one of the others, or {@code
   *     inputsV} without {@code inputsK}
   */
  public static AttentionInputs ofNames(
      Array inputsQ, @Nullable Array inputsKv, @Nullable Array inputsK, @Nullable Array inputsV) {
    if (inputsKv != null) {
      if (inputsK != null || inputsV != null) {
        throw new IllegalArgumentException(
            ("argument \"inputs_kv\": expected either inputs_kv or inputs_k and inputs_v, got"
                    + " inputs_kv with %s")
                .formatted(inputsK != null ? "inputs_k" : "inputs_v"));
      }
      return of(inputsQ, inputsKv);
    }
    if (inputsK == null) {
      if (inputsV != null) {
        throw new IllegalArgumentException(
            "argument \"inputs_k\": expected with inputs_v (for keys and values of the same array"
                + " give inputs_k alone), got inputs_v without it");
      }
      return of(inputsQ);
    }
    return of(inputsQ, inputsK, inputsV == null ? inputsK : inputsV);
  }

  /** The same with a mask. */
  public AttentionInputs mask(@Nullable Array newMask) {
    return new AttentionInputs(
        inputsQ, inputsK, inputsV, newMask, deterministic, dropoutRng, sowWeights);
  }

  /** The same with dropout off or on; null leaves it to the module. */
  public AttentionInputs deterministic(@Nullable Boolean isDeterministic) {
    return new AttentionInputs(
        inputsQ, inputsK, inputsV, mask, isDeterministic, dropoutRng, sowWeights);
  }

  /** The same with a key for dropout. */
  public AttentionInputs dropoutRng(@Nullable Key key) {
    return new AttentionInputs(inputsQ, inputsK, inputsV, mask, deterministic, key, sowWeights);
  }

  /** The same with the weights sown or not. */
  public AttentionInputs sowWeights(boolean sow) {
    return new AttentionInputs(inputsQ, inputsK, inputsV, mask, deterministic, dropoutRng, sow);
  }

  /** The inputs of the projections, each once; without the mask. */
  @Override
  public List<Array> leaves() {
    boolean ownK = inputsK != inputsQ;
    boolean ownV = inputsV != inputsK;
    if (ownK && ownV) {
      return List.of(inputsQ, inputsK, inputsV);
    }
    return ownK || ownV ? List.of(inputsQ, ownK ? inputsK : inputsV) : List.of(inputsQ);
  }

  @Override
  public AttentionInputs withLeaves(List<Array> leaves) {
    int count = leaves().size();
    if (leaves.size() != count) {
      throw new IllegalArgumentException(
          "attention inputs: expected " + count + " arrays, got " + leaves.size());
    }
    Array query = leaves.getFirst();
    Array key = inputsK == inputsQ ? query : leaves.get(1);
    Array value = inputsV == inputsK ? key : leaves.getLast();
    return new AttentionInputs(query, key, value, mask, deterministic, dropoutRng, sowWeights);
  }
}
