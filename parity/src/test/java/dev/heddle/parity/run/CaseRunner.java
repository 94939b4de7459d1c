package dev.heddle.parity.run;

import dev.heddle.parity.cases.Case;

/** The entry point: runs a case of any kind with Heddle and returns the differences. */
public final class CaseRunner {
  private CaseRunner() {}

  /**
   * Runs a case.
   *
   * @throws IllegalArgumentException if Heddle rejects a case for which Flax has a result
   */
  public static Differences run(Case asked) {
    Differences findings = new Differences(asked);
    switch (asked.kind()) {
      case "attention" -> new AttentionRunner(asked, findings).run();
      case "gradient" -> new GradientRunner(asked, findings).run();
      case "training" -> new TrainingRunner(asked, findings).run();
      case "module" -> new ModuleRunner(asked, findings).run();
      case "error" -> new ErrorRunner(asked, findings).run();
      case "dense", "dense_general", "layer_norm", "dropout", "embed" ->
          new LayerRunner(asked, findings).run();
      case "random" -> new RandomRunner(asked, findings).draw();
      case "initializer" -> new RandomRunner(asked, findings).initialize();
      case "dot_product_attention", "dot_product_attention_weights" ->
          new FunctionRunner(asked, findings).attention();
      case "attention_gradient" -> new FunctionRunner(asked, findings).gradient();
      case "masks" -> new FunctionRunner(asked, findings).masks();
      case "promote" -> new ArithmeticRunner(asked, findings).promote();
      case "einsum" -> new ArithmeticRunner(asked, findings).einsum();
      case "elementwise" -> new ArithmeticRunner(asked, findings).elementwise();
      case "softmax", "reduction" -> new ArithmeticRunner(asked, findings).alongAxes();
      case "optimizer" -> new OptimRunner(asked, findings).optimize();
      case "schedule" -> new OptimRunner(asked, findings).schedule();
      case "global_norm" -> new OptimRunner(asked, findings).globalNorm();
      default -> throw new IllegalArgumentException(asked + ": no kind " + asked.kind());
    }
    return findings;
  }
}
