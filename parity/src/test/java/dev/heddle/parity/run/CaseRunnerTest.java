package dev.heddle.parity.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.CaseFile;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.support.Repository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Tests of the comparison: the differences that it finds, and its messages. */
class CaseRunnerTest {
  private static final Case SOWN = golden("attention-sow-weights-f32-forward");
  private static final Case DECODED = golden("attention-dtype-f32-decode");

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
        .first()
        .asString()
        .contains("modern/attention-sow-weights-f32-forward")
        .contains("init/params/value/kernel [0, 0, 1]: expected")
        .endsWith(
            "[0, 0, 1]: expected -0.553017258644104 (bf0d928a), got -0.5530173182487488 (bf0d928b): 1 of"
                + " 36 elements differ, allowed: the same bits");
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
  void anAnswerMayBeFourUlpsOfTheLargestValueAway() {
    Tensor answer = SOWN.tensor("apply/output");
    double ulp = AllowedDistance.ulp("float32", answer.largest());
    assertThat(AllowedDistance.of(SOWN, "apply/output", answer)).isEqualTo(4 * ulp);
    assertThat(AllowedDistance.ulp("float32", 1)).isEqualTo(0x1p-23);
    assertThat(AllowedDistance.ulp("bfloat16", 3.5)).isEqualTo(0x1p-6);
    assertThat(AllowedDistance.ulp("float16", 0)).isEqualTo(0x1p-24);
    assertThat(AllowedDistance.ulp("float64", -0.75)).isEqualTo(0x1p-53);
  }

  @Test
  void anAnswerMayBeFourTimesTheOraclesDistanceAway() {
    Tensor answer = SOWN.tensor("apply/output");
    Fields distances = Fields.NONE.with("apply/output", 0.125);
    Case measured = new Case(SOWN.info().with("distances", distances), SOWN.tensors());
    assertThat(AllowedDistance.of(measured, "apply/output", answer)).isEqualTo(0.5);
    assertThat(AllowedDistance.of(measured, "apply/other", answer)).isLessThan(1e-5);
  }

  @Test
  void theNarrowestDtypeOfTheComputationGivesTheUlp() {
    Tensor answer = SOWN.tensor("apply/output");
    Case narrow = new Case(SOWN.info().with("narrowest", "bfloat16"), SOWN.tensors());
    assertThat(AllowedDistance.of(narrow, "apply/output", answer))
        .isEqualTo(4 * AllowedDistance.ulp("bfloat16", answer.largest()));
  }

  @Test
  void aCaseIsMeasuredOnce() {
    assertThat(CaseRunner.run(SOWN).canBeMeasured()).isTrue();
    Case measured = new Case(SOWN.info().with("distances", Fields.NONE), SOWN.tensors());
    assertThat(CaseRunner.run(measured).canBeMeasured()).isFalse();
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
