package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Index;
import dev.heddle.array.Slice;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.random.Key;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Attention: init, then one apply, or decoding step by step with the returned cache. */
final class AttentionRunner {
  private final Case asked;
  private final Differences findings;
  private final Answers answers;

  AttentionRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.findings = findings;
    this.answers = new Answers(asked);
  }

  void run() {
    MultiHeadDotProductAttention module = module(asked);
    answers.compareInit(findings, init(asked, module, asked.inputs()));
    answers.compareComputed(findings, compute(module, answers.variables()));
  }

  /** The library's outputs: of init, and of apply with Flax's variables. */
  static SequencedMap<String, Tensor> answer(Case asked) {
    AttentionRunner runner = new AttentionRunner(asked, new Differences(asked));
    MultiHeadDotProductAttention module = module(asked);
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    init(asked, module, asked.inputs())
        .flatten()
        .forEach((path, array) -> all.put("init/" + path, Tensor.of(array)));
    all.putAll(runner.compute(module, runner.answers.variables()));
    all.remove("full/output");
    return all;
  }

  /** The library's outputs with Flax's variables, by the paths of the case. */
  private SequencedMap<String, Tensor> compute(
      MultiHeadDotProductAttention module, Variables given) {
    SequencedMap<String, Tensor> computed = new LinkedHashMap<>();
    if (!asked.info().fields("config").flag("decode")) {
      put(computed, "apply", apply(asked, module, given, asked.inputs()));
      return computed;
    }
    Variables state = given;
    for (int step = 0; step < asked.info().integer("steps"); step++) {
      Applied<Array> applied = apply(asked, module, state, position(asked, step));
      put(computed, "steps/" + step, applied);
      state = given.merge(applied.variables().collection("cache"));
    }
    if (asked.tensors().containsKey("full/output")) {
      computed.put("full/output", Tensor.of(full(module, given)));
    }
    return computed;
  }

  private static void put(Map<String, Tensor> computed, String prefix, Applied<Array> applied) {
    computed.put(prefix + "/output", Tensor.of(applied.output()));
    applied
        .variables()
        .flatten()
        .forEach((path, array) -> computed.put(prefix + "/" + path, Tensor.of(array)));
  }

  /** The module of a case. */
  static MultiHeadDotProductAttention module(Case asked) {
    return Configurations.attention(asked.info().text("class"), asked.info().fields("config"));
  }

  /** Runs init; decoding starts without a mask. */
  static Variables init(
      Case asked, MultiHeadDotProductAttention module, SequencedMap<String, Array> inputs) {
    SequencedMap<String, Array> given = new LinkedHashMap<>(inputs);
    if (asked.info().fields("config").flag("decode")) {
      given.remove("mask");
    }
    AttentionInputs in = inputs(asked, given).sowWeights(false);
    return module.init(Answers.rngs(asked, "init"), in);
  }

  /** Runs apply with the call's options. */
  static Applied<Array> apply(
      Case asked,
      MultiHeadDotProductAttention module,
      Variables variables,
      SequencedMap<String, Array> inputs) {
    return module.apply(
        variables, inputs(asked, inputs), Answers.rngs(asked, "apply"), Answers.mutable(asked));
  }

  /**
   * Computes the whole sequence at once, without a cache, with a causal mask and the case's mask.
   */
  private Array full(MultiHeadDotProductAttention module, Variables given) {
    SequencedMap<String, Array> inputs = asked.inputs();
    Array query = inputs.get("inputs_q");
    int[] positions = query.shape().range(0, query.rank() - 1).dims();
    Array causal = Masks.makeCausalMask(Array.zeros(DType.FLOAT32, positions), 0, DType.BOOL);
    Array own = inputs.get("mask");
    inputs.put("mask", own == null ? causal : Compare.logicalAnd(causal, own));
    return module.toBuilder()
        .decode(false)
        .build()
        .apply(
            given.collection("params"),
            inputs(asked, inputs).sowWeights(false),
            Answers.rngs(asked, "apply"));
  }

  /** The inputs of a decoding step: one position of every sequence, and its mask. */
  static SequencedMap<String, Array> position(Case asked, int step) {
    SequencedMap<String, Array> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, Array> given : asked.inputs().entrySet()) {
      Array whole = given.getValue();
      switch (given.getKey()) {
        case "mask" -> inputs.put("mask", whole);
        case "mask_steps" -> inputs.put("mask", whole.get(step));
        default ->
            inputs.put(
                given.getKey(),
                Slice.get(whole, Index.rest(), Index.range(step, step + 1), Index.all()));
      }
    }
    return inputs;
  }

  private static AttentionInputs inputs(Case asked, Map<String, Array> given) {
    Fields call = asked.info().fields("call");
    AttentionInputs in =
        AttentionInputs.ofNames(
                given.get("inputs_q"),
                given.get("inputs_kv"),
                given.get("inputs_k"),
                given.get("inputs_v"))
            .mask(given.get("mask"))
            .sowWeights(call.flag("sow_weights"));
    if (call.has("deterministic")) {
      in = in.deterministic(call.flag("deterministic"));
    }
    if (call.has("dropout_rng")) {
      in = in.dropoutRng(Key.of(call.whole("dropout_rng"), asked.x64()).era(asked.era()));
    }
    return in;
  }
}
