package dev.heddle.parity.run;

import dev.heddle.parity.cases.Case;
import java.util.List;

/** The one door: asks Heddle a case, whatever its kind, and says how its answers differ. */
public final class CaseRunner {
  private CaseRunner() {}

  /**
   * Runs a fresh case: one that nobody chose, so that LayerNorm of queries and keys may meet a head
   * whose features are nearly equal, and carry a last place far. Where such a case is beyond the
   * figure but within the noise of its inputs, that is no difference, but told as such.
   *
   * @throws IllegalArgumentException if Heddle refuses what Flax answered
   */
  public static Findings runFresh(Case asked) {
    Findings strict = run(asked);
    boolean fragile =
        List.of("attention", "gradient").contains(asked.kind())
            && asked.info().fields("config").flag("normalize_qk");
    if (strict.differences().isEmpty() || !fragile) {
      return strict;
    }
    Findings within = new Findings(asked);
    if (asked.kind().equals("gradient")) {
      new GradientRunner(asked, within).runWithinNoise();
    } else {
      new AttentionRunner(asked, within).runWithinNoise();
    }
    return within.differences().isEmpty() ? strict.asNoise() : strict;
  }

  /**
   * Runs a case, with no tolerance but the figures.
   *
   * @throws IllegalArgumentException if Heddle refuses what Flax answered
   */
  public static Findings run(Case asked) {
    Findings findings = new Findings(asked);
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
