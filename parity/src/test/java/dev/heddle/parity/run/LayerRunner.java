package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.linen.Module;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.Embed;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import java.util.List;

/** Single layers: Dense, DenseGeneral, LayerNorm, Dropout, Embed. */
final class LayerRunner {
  private final Case asked;
  private final Fields info;
  private final Differences findings;
  private final Answers answers;

  LayerRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.info = asked.info();
    this.findings = findings;
    this.answers = new Answers(asked);
  }

  void run() {
    Fields config = info.fields("config");
    Array first = asked.inputs().firstEntry().getValue();
    switch (asked.kind()) {
      case "dense" -> run(Configurations.dense(config), first);
      case "dense_general" -> run(Configurations.denseGeneral(config), first);
      case "layer_norm" -> run(Configurations.layerNorm(config), first);
      case "dropout" -> run(Configurations.dropout(config), dropout(first));
      case "embed" -> embed(Configurations.embed(config), first);
      default -> throw new IllegalArgumentException("no layer: " + asked.kind());
    }
  }

  private Dropout.Inputs dropout(Array x) {
    Dropout.Inputs in = Dropout.Inputs.of(x);
    Fields call = info.fields("call");
    return call.has("deterministic") ? in.deterministic(call.flag("deterministic")) : in;
  }

  private <I> void run(Module<I, Array> layer, I input) {
    answers.compareInit(findings, layer.init(Answers.rngs(asked, "init"), input));
    compare(layer.apply(answers.variables(), input, Answers.rngs(asked, "apply")));
  }

  private void embed(Embed embed, Array ids) {
    if (!info.has("method")) {
      run(embed, ids);
      return;
    }
    Rngs rngs = Answers.rngs(asked, "init");
    Variables variables = embed.init(rngs, ids);
    answers.compareInit(findings, variables);
    Array query = asked.inputs().get("query");
    compare(embed.applyMethod(answers.variables(), scope -> embed.attend(scope, query)));
  }

  private void compare(Array output) {
    answers.compareApplied(findings, "apply", List.of(output), Variables.empty());
  }
}
