package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Capture;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.parity.modules.SequenceInput;
import dev.heddle.parity.modules.UserModule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** User-defined modules: init with the first input, then apply. */
final class ModuleRunner {
  private final Case asked;
  private final Differences findings;
  private final Answers answers;

  ModuleRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.findings = findings;
    this.answers = new Answers(asked);
  }

  void run() {
    UserModule<?> module = module(asked);
    answers.compareInit(findings, init(asked, module));
    Applied<List<Array>> applied = apply(asked, module, answers.variables());
    answers.compareApplied(findings, "apply", applied.output(), applied.variables());
    if (asked.info().flag("gradient")) {
      answers.compareGradients(findings, gradients(asked, module, answers.variables()));
    }
  }

  /** The output, and the gradient for each parameter and the first input, by the case's paths. */
  private static SequencedMap<String, Tensor> gradients(
      Case asked, UserModule<?> module, Variables variables) {
    Map.Entry<String, Array> first = asked.inputs().firstEntry();
    Vjp<TreePair<Variables, Array>, Array> vjp =
        Grad.vjp(
            at -> {
              SequenceInput x = sequence(asked, at.second());
              Rngs rngs = Answers.rngs(asked, "apply");
              return module
                  .apply(variables.merge(at.first()), x, rngs, Mutable.none(), null)
                  .output()
                  .getFirst();
            },
            TreePair.of(variables.collection("params"), first.getValue()));
    SequencedMap<String, Tensor> computed = new LinkedHashMap<>();
    computed.put("apply/output", Tensor.of(vjp.output()));
    TreePair<Variables, Array> gradients = vjp.pullback(asked.tensor("cotangent").array());
    gradients
        .first()
        .flatten()
        .forEach((path, gradient) -> computed.put("grads/" + path, Tensor.of(gradient)));
    computed.put("grads/" + first.getKey(), Tensor.of(gradients.second()));
    return computed;
  }

  static UserModule<?> module(Case asked) {
    return UserModule.of(asked.info().text("module"), asked.info().fields("args"));
  }

  static Variables init(Case asked, UserModule<?> module) {
    return module.init(
        Answers.rngs(asked, "init"), sequence(asked, asked.inputs().firstEntry().getValue()));
  }

  static Applied<List<Array>> apply(Case asked, UserModule<?> module, Variables variables) {
    Fields apply = asked.info().fields("apply");
    Rngs rngs = Answers.rngs(asked, "apply");
    Mutable mutable = Answers.mutable(asked);
    if (apply.has("method")) {
      Array last = asked.inputs().lastEntry().getValue();
      return module.applyMethod(apply.text("method"), variables, last, rngs, mutable);
    }
    Capture capture = apply.flag("capture_intermediates") ? Capture.calls() : null;
    SequenceInput sequence = sequence(asked, asked.inputs().firstEntry().getValue());
    return module.apply(variables, sequence, rngs, mutable, capture);
  }

  private static SequenceInput sequence(Case asked, Array x) {
    return new SequenceInput(x, asked.info().fields("call").flag("deterministic"));
  }
}
