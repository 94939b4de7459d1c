package dev.heddle.parity.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.CaseFile;
import dev.heddle.parity.cases.Fields;
import dev.heddle.support.Repository;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rule of allowed differences is strict enough: a faulty implementation is detected in every
 * dtype, with the tolerances that the oracle measures, and the correct one passes.
 */
class WrongAttentionTest {
  private static final List<String> DTYPES = List.of("float32", "bfloat16", "float16", "float64");

  /** Golden gradients with a mask, in both eras, all measured. */
  private static Stream<Case> cases(String dtype) {
    return Stream.of("modern", "classic")
        .map(era -> "parity/src/test/resources/golden/" + era + "/gradients-masks.npz")
        .flatMap(file -> CaseFile.read(Repository.path(file)).stream())
        .filter(one ->
            one.id().endsWith("/causal-" + dtype) || one.id().endsWith("row-empty-" + dtype));
  }

  static Stream<Arguments> faults() {
    return Stream.of(WrongAttention.values())
        .flatMap(fault ->
            DTYPES.stream()
                .filter(dtype -> fault != WrongAttention.PRECISION || !dtype.endsWith("16"))
                .map(dtype -> Arguments.of(fault, dtype)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsNoticed(WrongAttention fault, String dtype) {
    assertThat(cases(dtype))
        .hasSize(4)
        .allSatisfy(right -> {
          Fields config = right.info().fields("config").with("attention_fn", fault.hook());
          Case wrong = new Case(right.info().with("config", config), right.tensors());
          assertThat(right.info().has("distances")).as(right.id() + " is measured").isTrue();
          assertThat(CaseRunner.run(wrong).differences()).as(wrong.id()).isNotEmpty();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "bfloat16", "float16", "float64"})
  void theRightAnswerIsNotTakenForAFault(String dtype) {
    assertThat(cases(dtype))
        .hasSize(4)
        .allSatisfy(
            right -> assertThat(CaseRunner.run(right).differences()).as(right.id()).isEmpty());
  }
}
