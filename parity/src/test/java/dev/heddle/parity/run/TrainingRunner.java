package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Gather;
import dev.heddle.array.Index;
import dev.heddle.array.Slice;
import dev.heddle.array.Softmax;
import dev.heddle.grad.Grad;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.models.CausalLanguageModel;
import dev.heddle.models.LanguageModelInputs;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.OptState;
import dev.heddle.optim.Optim;
import dev.heddle.optim.StepResult;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;

/** Training: the losses of a small language model, step after step, from the same seed. */
final class TrainingRunner {
  private static final double SHARE = 1e-4;

  private final Case asked;
  private final Differences findings;
  private final CausalLanguageModel model;

  TrainingRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.findings = findings;
    this.model = CausalLanguageModel.of(config(asked.info().fields("config")));
  }

  void run() {
    Array tokens = asked.tensor("inputs/tokens").array(); // [steps, B, L + 1]
    Variables params =
        model.init(Answers.rngs(asked, "init"), LanguageModelInputs.of(words(tokens.get(0), 0)));
    GradientTransformation optimizer = optimizer(asked.info().fields("optimizer"));
    OptState state = optimizer.init(params);
    double[] losses = new double[tokens.shape().dim(0)];
    for (int step = 0; step < losses.length; step++) {
      Array batch = tokens.get(step);
      Rngs rngs = dropout(step);
      var found = Grad.valueAndGrad(at -> loss(at, batch, rngs), params);
      losses[step] = found.value().item();
      StepResult<Variables> stepped =
          Optim.applyGradients(optimizer, found.gradient(), state, params);
      params = stepped.params();
      state = stepped.state();
    }
    Tensor expected = asked.tensor("losses");
    Array got = Array.of(losses, losses.length).astype(DType.FLOAT32);
    findings.compare("losses", expected, Tensor.of(got), new Tolerance.OfElement(SHARE, 0));
  }

  /** The mean cross-entropy of the next tokens. */
  private Array loss(Variables params, Array batch, Rngs rngs) {
    boolean still = !asked.info().has("dropout");
    var inputs = LanguageModelInputs.of(words(batch, 0)).deterministic(still);
    Array logits = model.apply(params, inputs, rngs); // [B, L, V]
    Array next = words(batch, 1); // [B, L]
    Array column = next.reshape(next.shape().dim(0), next.shape().dim(1), 1);
    return Gather.takeAlongAxis(Softmax.logSoftmax(logits), column, -1).mean().negate();
  }

  /** All tokens except the last, or except the first. */
  private static Array words(Array batch, int from) {
    int length = batch.shape().dim(1) - 1;
    return Slice.get(batch, Index.all(), Index.range(from, from + length));
  }

  private Rngs dropout(int step) {
    Rngs rngs = Rngs.none().era(asked.era()).x64(asked.x64());
    return asked.info().has("dropout")
        ? rngs.and("dropout", asked.info().whole("dropout") + step)
        : rngs;
  }

  private static GradientTransformation optimizer(Fields given) {
    return Optim.adamw(given.number("learning_rate")).weightDecay(given.number("weight_decay"));
  }

  private static CausalLanguageModel.Config config(Fields given) {
    return CausalLanguageModel.Config.builder()
        .vocabulary(given.integer("vocabulary"))
        .length(given.integer("length"))
        .features(given.integer("features"))
        .heads(given.integer("heads"))
        .layers(given.integer("layers"))
        .dropoutRate(given.has("dropout_rate") ? given.number("dropout_rate") : 0)
        .build();
  }
}
