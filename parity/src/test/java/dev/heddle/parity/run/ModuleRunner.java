package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Capture;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.modules.SequenceInput;
import dev.heddle.parity.modules.UserModule;
import java.util.List;

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
