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
 * How the small language model that {@code heddle train} trains is trained in a row: its sizes and
 * the settings of AdamW. Parameters and optimizer are float32 whatever narrower type computes.
 *
 * @param batch texts of a step
 * @param model the sizes of the model; each text has its length, and one token more to predict
 * @param learningRate of AdamW
 * @param b1 of AdamW
 * @param b2 of AdamW
 * @param eps of AdamW: more than the usual 1e-8, which would make a step of the full learning rate
 *     from a gradient that is nothing but rounding, and costs as much
 * @param weightDecay of AdamW, large enough to be seen
 */
record LanguageTraining(
    int batch,
    CausalLanguageModel.Config model,
    double learningRate,
    double b1,
    double b2,
    double eps,
    double weightDecay) {
  /** That of the row. */
  static final LanguageTraining USUAL =
      new LanguageTraining(16, CausalLanguageModel.Config.small(), 1e-3, 0.9, 0.999, 1e-3, 0.1);

  /** As many steps show the corrections of AdamW's means. */
  static final int COMPARED_STEPS = 3;

  /** The model, computing in a type. */
  CausalLanguageModel model(DType dtype) {
    DType wide = dtype == DType.FLOAT64 ? dtype : DType.FLOAT32;
    return CausalLanguageModel.of(model.toBuilder().dtype(dtype).paramDtype(wide).build());
  }

  /** Its first parameters. */
  Variables start(DType dtype) {
    return model(dtype).init(Rngs.of(0), Array.zeros(DType.INT32, 1, model.length()));
  }

  /** The batch of every step, shape {@code [B, L + 1]}. */
  Array tokens() {
    Shape shape = Shape.of(batch, model.length() + 1);
    return Random.randint(Key.of(1), shape, 0, model.vocabulary(), DType.INT32);
  }

  GradientTransformation optimizer() {
    return Optim.adamw(learningRate).b1(b1).b2(b2).eps(eps).weightDecay(weightDecay);
  }

  /** For other processes. */
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
   * The arithmetic that a step cannot save, as {@link Row#flops} counts it: of the products alone,
   * there and back. Every weight takes part in three of them.
   */
  double flops() {
    double rows = (double) batch * model.length();
    double features = model.features();
    double block = 12 * features * features; // four projections, and the network of four times F
    double weights = model.layers() * block + model.vocabulary() * features;
    double seen = (model.length() + 1) / 2.0;
    return 6 * rows * weights + 14 * rows * seen * features * model.layers();
  }

  /** For people. */
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
