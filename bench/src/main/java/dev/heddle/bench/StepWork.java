package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Gather;
import dev.heddle.array.Slice;
import dev.heddle.array.Softmax;
import dev.heddle.grad.Grad;
import dev.heddle.linen.Variables;
import dev.heddle.models.CausalLanguageModel;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.OptState;
import dev.heddle.optim.Optim;
import java.util.ArrayList;
import java.util.List;

/** Consecutive training steps of the language model. */
final class StepWork implements Work {
  private final CausalLanguageModel model;
  private final GradientTransformation optimizer;
  private final Array tokens;
  private final Array next;
  private Variables variables;
  private OptState state;

  /**
   * Makes the state before the first step.
   *
   * @param tokens shape {@code [B, L + 1]}: the first L are the inputs, the last L the labels
   */
  StepWork(LanguageTraining training, DType dtype, Variables start, Array tokens) {
    model = training.model(dtype);
    optimizer = training.optimizer();
    int batch = tokens.shape().dim(0);
    int length = tokens.shape().dim(1) - 1;
    this.tokens = Slice.dynamicSlice(tokens, new int[] {0, 0}, batch, length);
    next = Slice.dynamicSlice(tokens, new int[] {0, 1}, batch, length).reshape(batch, length, 1);
    variables = start;
    state = optimizer.init(start);
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(List.of("loss"));
    names.addAll(variables.flatten().keySet());
    return names;
  }

  /** Computes a step: the loss before it and the parameters after it. */
  @Override
  public List<Array> run() {
    var step = Grad.valueAndGrad(this::loss, variables);
    var stepped = Optim.applyGradients(optimizer, step.gradient(), state, variables);
    variables = stepped.params();
    state = stepped.state();
    List<Array> arrays = new ArrayList<>(List.of(step.value()));
    arrays.addAll(variables.leaves());
    return arrays;
  }

  /** The mean cross-entropy of the next tokens. */
  private Array loss(Variables at) {
    Array logits = model.apply(at, tokens);
    DType wide = DType.promote(logits.dtype(), DType.FLOAT32);
    Array scores = Softmax.logSoftmax(logits.astype(wide));
    return Gather.takeAlongAxis(scores, next, -1).mean().negate();
  }
}
