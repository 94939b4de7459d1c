package dev.heddle.parity.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.CaseFile;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.support.Repository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the comparison finds, and what it says: it is the judge, so it is judged here. */
class CaseRunnerTest {
  private static final Case SOWN = golden("attention-sow-weights-f32-forward");
  private static final Case DECODED = golden("attention-dtype-f32-decode");
  private static final Case NORMALIZED = golden("attention-normalize-depth-2");

  private static final Case GRADIENT = golden("gradients-dtypes"); // the first of it

  private static Case golden(String name) {
    return CaseFile.read(
            Repository.path("parity/src/test/resources/golden/modern/" + name + ".npz"))
        .getFirst();
  }

  private static List<String> differences(
      Case original, String path, UnaryOperator<Tensor> change) {
    return CaseRunner.run(changed(original, path, change)).differences();
  }

  private static Case changed(Case original, String path, UnaryOperator<Tensor> change) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>(original.tensors());
    tensors.compute(path, (name, tensor) -> change.apply(tensor));
    return new Case(original.info(), tensors);
  }

  /** The lowest bits of the first element's byte changed. */
  private static UnaryOperator<Tensor> flipped(int position, int bits) {
    return tensor -> {
      byte[] bytes = tensor.bytes().clone();
      bytes[position] ^= (byte) bits;
      return new Tensor(tensor.dtype(), tensor.shape(), bytes);
    };
  }

  @Test
  void theRightAnswersAreRight() {
    assertThat(CaseRunner.run(SOWN).differences()).isEmpty();
    assertThat(CaseRunner.run(DECODED).differences()).isEmpty();
  }

  @Test
  void aSingleBitOfAParameterIsADifference() {
    assertThat(differences(SOWN, "init/params/value/kernel", flipped(4, 1)))
        .singleElement()
        .asString()
        .contains("modern/attention-sow-weights-f32-forward")
        .contains("init/params/value/kernel [0, 0, 1]: expected")
        .contains("1 of 36 elements");
  }

  @Test
  void anOutputMayDifferByRoundingButNotByMore() {
    assertThat(differences(SOWN, "apply/output", flipped(0, 1))).isEmpty();
    assertThat(differences(SOWN, "apply/output", flipped(2, 0x40)))
        .singleElement()
        .asString()
        .contains("apply/output [0, 0, 0]: expected");
  }

  @Test
  void aGradientMayDifferByRoundingButNotByMore() {
    assertThat(differences(GRADIENT, "grads/inputs_q", flipped(0, 1))).isEmpty();
    assertThat(differences(GRADIENT, "grads/inputs_q", flipped(2, 0x40)))
        .singleElement()
        .asString()
        .contains("modern/gradients-dtypes/self-f32")
        .contains("grads/inputs_q [0, 0, 0]: expected");
    assertThat(differences(GRADIENT, "grads/inputs_v", tensor -> GRADIENT.tensor("cotangent")))
        .singleElement()
        .asString()
        .contains("the paths in their order");
  }

  @Test
  void noiseExcusesAFreshCaseAloudAndAGoldenOneNever() {
    Case beyond = changed(NORMALIZED, "apply/output", flipped(1, 0x20));
    assertThat(CaseRunner.run(beyond).differences()).hasSize(1);
    assertThat(CaseRunner.run(beyond).noise()).isEmpty();
    assertThat(CaseRunner.runFresh(beyond).differences()).isEmpty();
    assertThat(CaseRunner.runFresh(beyond).noise()).isEqualTo(CaseRunner.run(beyond).differences());
  }

  @Test
  void noiseExcusesNoMoreThanItself() {
    Case farBeyond = changed(NORMALIZED, "apply/output", flipped(2, 0x40));
    assertThat(CaseRunner.runFresh(farBeyond).differences()).hasSize(1);
    assertThat(CaseRunner.runFresh(farBeyond).noise()).isEmpty();
    Case aBitOfInit = changed(NORMALIZED, "init/params/value/kernel", flipped(0, 1));
    assertThat(CaseRunner.runFresh(aBitOfInit).differences()).hasSize(1);
    Case withoutNorm = changed(SOWN, "apply/output", flipped(2, 0x40));
    assertThat(CaseRunner.runFresh(withoutNorm).differences()).hasSize(1);
    assertThat(CaseRunner.runFresh(withoutNorm).noise()).isEmpty();
  }

  @Test
  void sownWeightsAreCompared() {
    assertThat(differences(SOWN, "apply/intermediates/attention_weights/0", flipped(2, 0x40)))
        .singleElement()
        .asString()
        .contains("apply/intermediates/attention_weights/0 [0, 0, 0, 0]");
  }

  @Test
  void everyStepsCacheIsCompared() {
    assertThat(differences(DECODED, "steps/2/cache/cache_index", flipped(0, 1)))
        .singleElement()
        .asString()
        .contains("steps/2/cache/cache_index []: expected 2, got 3");
    assertThat(differences(DECODED, "steps/1/cache/cached_key", flipped(2, 0x40))).hasSize(1);
    assertThat(differences(DECODED, "full/output", flipped(2, 0x40))).hasSize(1);
  }

  @Test
  void namesTypesAndShapesAreCompared() {
    assertThat(differences(SOWN, "init/params/out/bias", tensor -> tensor.as("int32")))
        .singleElement()
        .asString()
        .contains("init/params/out/bias expected int32[6], got float32[6]");
    assertThat(differences(SOWN, "init/params/out/scale", tensor -> SOWN.tensor("apply/output")))
        .singleElement()
        .asString()
        .contains("the paths in their order");
  }
}
