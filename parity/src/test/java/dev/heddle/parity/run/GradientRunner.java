package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Tensor;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Gradients of attention: init, then the vector-Jacobian product of one apply (of decoding: of the
 * last step) for every parameter and floating-point input.
 */
final class GradientRunner {
  private final Case asked;
  private final Differences findings;
  private final Answers answers;

  GradientRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.findings = findings;
    this.answers = new Answers(asked);
  }

  void run() {
    MultiHeadDotProductAttention module = AttentionRunner.module(asked);
    answers.compareInit(findings, AttentionRunner.init(asked, module, asked.inputs()));
    SequencedMap<String, Tensor> computed = compute(asked, module, given(asked));
    answers.compareGradients(findings, computed);
    Applied<Array> plain = AttentionRunner.apply(asked, module, given(asked), inputs(asked));
    findings.compare(
        "the output, differentiated or not",
        Tensor.of(plain.output()),
        computed.get("apply/output"),
        Tolerance.BITS);
  }

  /** The library's outputs, by the paths of the case. */
  static SequencedMap<String, Tensor> answer(Case asked) {
    return compute(asked, AttentionRunner.module(asked), given(asked));
  }

  /** Flax's variables: those of init, and the cache before the step. */
  static Variables given(Case asked) {
    SequencedMap<String, Array> cache = new LinkedHashMap<>();
    asked.under("before").forEach((path, tensor) -> cache.put(path, tensor.array()));
    return new Answers(asked).variables().merge(Variables.of(cache));
  }

  /** The inputs of apply; for decoding, of the last position. */
  static SequencedMap<String, Array> inputs(Case asked) {
    return asked.info().has("steps")
        ? AttentionRunner.position(asked, asked.info().integer("steps") - 1)
        : asked.inputs();
  }

  private static SequencedMap<String, Tensor> compute(
      Case asked, MultiHeadDotProductAttention module, Variables given) {
    AtomicReference<Variables> changed = new AtomicReference<>(Variables.empty());
    Vjp<Variables, Array> vjp =
        Grad.vjp(
            at -> {
              SequencedMap<String, Array> inputs = inputs(asked);
              at.collection("inputs")
                  .flatten()
                  .forEach((path, input) -> inputs.put(path.substring("inputs/".length()), input));
              Variables variables = given.merge(at.collection("params"));
              Applied<Array> applied = AttentionRunner.apply(asked, module, variables, inputs);
              changed.set(Grad.stopGradient(applied.variables()));
              return applied.output();
            },
            whatFloats(asked, given));
    SequencedMap<String, Tensor> computed = new LinkedHashMap<>();
    computed.put("apply/output", Tensor.of(vjp.output()));
    Objects.requireNonNull(changed.get())
        .flatten()
        .forEach((path, array) -> computed.put("apply/" + path, Tensor.of(array)));
    vjp.pullback(asked.tensor("cotangent").array())
        .flatten()
        .forEach((path, array) ->
            computed.put("grads/" + path.replaceFirst("^inputs/", ""), Tensor.of(array)));
    return computed;
  }

  /** Parameters and inputs as one tree; masks and integers are constant. */
  private static Variables whatFloats(Case asked, Variables given) {
    SequencedMap<String, Array> all = given.collection("params").flatten();
    inputs(asked)
        .forEach((name, input) -> {
          if (!name.equals("mask")) {
            all.put("inputs/" + name, input);
          }
        });
    all.values().removeIf(array -> !array.dtype().isFloating());
    return Variables.of(all);
  }
}
