package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.models.CausalLanguageModel;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.Optim;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The training step that a row measures: the sizes of the language model of {@code heddle train}
 * and the settings of AdamW. Parameters and optimizer state are float32 also where a 16-bit dtype
 * computes.
 *
 * @param batch the number of sequences per step
 * @param model the sizes of the model; each sequence has its length and one more token to predict
 * @param learningRate of AdamW
 * @param b1 of AdamW
 * @param b2 of AdamW
 * @param eps of AdamW: more than the usual 1e-8, with which a gradient of rounding errors would
 *     cause an update of the full learning rate; the cost is the same
 * @param weightDecay of AdamW, large enough to affect the comparison
 */
record LanguageTraining(
    int batch,
    CausalLanguageModel.Config model,
    double learningRate,
    double b1,
    double b2,
    double eps,
    double weightDecay) {
  /** The settings of the row. */
  static final LanguageTraining USUAL =
      new LanguageTraining(16, CausalLanguageModel.Config.small(), 1e-3, 0.9, 0.999, 1e-3, 0.1);

  /** Enough steps to test AdamW's bias correction. */
  static final int COMPARED_STEPS = 3;

  /** The model with a dtype of the computation. */
  CausalLanguageModel model(DType dtype) {
    DType wide = dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
    return CausalLanguageModel.of(model.toBuilder().dtype(dtype).paramDtype(wide).build());
  }

  /** The initial parameters. */
  Variables start(DType dtype) {
    return model(dtype).init(Rngs.of(0), Array.zeros(DType.INT32, 1, model.length()));
  }

  /** The batch of every step, shape {@code [B, L + 1]}. */
  Array tokens() {
    Shape shape = Shape.of(batch, model.length() + 1);
    return Random.randint(Key.of(1), 0, model.vocabulary(), DType.INT32, shape.dims());
  }

  GradientTransformation optimizer() {
    return Optim.adamw(learningRate).b1(b1).b2(b2).eps(eps).weightDecay(weightDecay);
  }

  /** The settings for other processes. */
  SequencedMap<String, Object> settings() {
    SequencedMap<String, Object> settings = new LinkedHashMap<>();
    settings.put("calls", COMPARED_STEPS);
    settings.put("learning_rate", learningRate);
    settings.put("b1", b1);
    settings.put("b2", b2);
    settings.put("eps", eps);
    settings.put("weight_decay", weightDecay);
    return settings;
  }

  /**
   * The floating-point operations of a step, as {@link Row#flops} counts them: of the products in
   * the forward and backward pass. Every weight takes part in three of them.
   */
  double flops() {
    double rows = (double) batch * model.length();
    double features = model.features();
    double block = 12 * features * features; // four projections, and the MLP of 4 F hidden features
    double weights = model.layers() * block + model.vocabulary() * features;
    double seen = (model.length() + 1) / 2.0;
    return 6 * rows * weights + 14 * rows * seen * features * model.layers();
  }

  /** A description for reports. */
  String description() {
    return "batch %d, length %d, features %d, heads %d, blocks %d, vocabulary %d, a step of AdamW"
        .formatted(
            batch,
            model.length(),
            model.features(),
            model.heads(),
            model.layers(),
            model.vocabulary());
  }
}
