package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import java.util.ArrayList;
import java.util.List;

/** A computation that runs in every JVM; its text has all that it depends on. */
sealed interface Case
    permits LayerCase, FunctionCase, DecodeCase, LayerGradientCase, FunctionGradientCase, StepCase {
  /** Computes the arrays that must have the same bits in every JVM. */
  List<Array> run();

  /**
   * The results that have different bits when computed in parts in this JVM; empty if there are
   * none.
   *
   * @param made the result of {@link #run}
   */
  default List<String> disagreements(List<Array> made) {
    return List.of();
  }

  /** The cases of a seed, which are reproducible. */
  static List<Case> of(long seed, Size size) {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < size.count(); i++) {
      Draw draw = new Draw(seed * 1_000_003 + i);
      cases.add(
          switch (i % 8) {
            case 0, 1, 2, 3 -> LayerCase.draw(draw, size);
            case 7 ->
                size == Size.LONG ? FunctionCase.draw(draw, size) : DecodeCase.draw(draw, size);
            default -> FunctionCase.draw(draw, size);
          });
    }
    if (size == Size.LONG) {
      cases.add(LayerCase.spans());
      cases.add(new LayerGradientCase(LayerCase.spans()));
    }
    for (int i = 0; i < size.gradients(); i++) {
      Draw draw = new Draw(seed * 1_000_033 + i);
      cases.add(
          switch (i % 4) {
            case 0, 1 -> LayerGradientCase.draw(draw, size);
            case 2 -> FunctionGradientCase.draw(draw, size);
            default -> StepCase.draw(draw, size);
          });
    }
    return cases;
  }
}
