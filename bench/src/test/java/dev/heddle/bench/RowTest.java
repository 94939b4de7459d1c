package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.cli.BenchRequest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Names and operation counts of rows. */
class RowTest {
  @Test
  void rowsAreThoseOfTheCommandLine() {
    assertThat(Arrays.stream(Row.values()).map(Row::label)).isEqualTo(BenchRequest.ROWS);
    assertThat(Row.of("bert-train")).isEqualTo(Row.BERT_TRAIN);
    assertThatThrownBy(() -> Row.of("bret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "row: expected one of [tiny, bert, mid, gpt, long, bert-train, gpt-train, lm-step, long-train],"
                + " got \"bret\"");
  }

  @Test
  void arithmeticCountsTheCausalHalfAlone() {
    assertThat(Row.BERT.flops()).isEqualTo(8.0 * 1024 * 768 * 768 + 4.0 * 1024 * 128 * 768);
    assertThat(Row.GPT.flops()).isEqualTo(8.0 * 1024 * 1024 * 1024 + 4.0 * 1024 * 512.5 * 1024);
  }

  @Test
  void aStepOfTrainingUsesEveryWeightThreeTimes() {
    double weights = 4 * 12 * 128 * 128 + 256 * 128;
    assertThat(Row.LM_STEP.flops()).isEqualTo(6 * 2048 * weights + 4 * 14.0 * 2048 * 64.5 * 128);
    assertThat(Row.LM_STEP.description())
        .isEqualTo(
            "batch 16, length 128, features 128, heads 4, blocks 4, vocabulary 256, a step of"
                + " AdamW");
  }

  @Test
  void thereAndBackIsThreeTimesTheProjectionsAndSevenProductsOfAttention() {
    assertThat(Row.GPT_TRAIN.flops())
        .isEqualTo(24.0 * 1024 * 1024 * 1024 + 14.0 * 1024 * 512.5 * 1024);
    assertThat(Row.GPT_TRAIN.description())
        .isEqualTo("batch 1, length 1024, features 1024, heads 16, causal, forward and backward");
  }
}
