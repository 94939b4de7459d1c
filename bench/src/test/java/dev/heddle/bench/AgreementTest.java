package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.array.DType;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** The comparison of engines and its tolerances. */
class AgreementTest {
  private static final Outputs OURS = Outputs.of(new float[] {1, -2, 0.5f});

  @Test
  void anOutputMayDifferByRounding() throws UnavailableException {
    assertThat(check(OURS, Outputs.of(new float[] {1, -2.00002f, 0.5f})))
        .isEqualTo(1e-5, within(1e-7));
  }

  @Test
  void anOutputThatDiffersByMoreIsNoTimeToCompare() {
    assertThatThrownBy(() -> check(OURS, Outputs.of(new float[] {1, -2, 0.51f})))
        .isInstanceOf(UnavailableException.class)
        .hasMessage(
            "its output is 0.0050 of the largest value different from Heddle's, more than the 2.0e-05"
                + " that rounding explains");
    assertThatThrownBy(() -> check(OURS, Outputs.of(new float[] {1, Float.NaN, 0})))
        .hasMessage("its output: expected -2.0 as Heddle's at index 1, got NaN");
    assertThatThrownBy(() -> check(OURS, Outputs.of(new float[2])))
        .hasMessage("its output: expected 3 values as Heddle's, got 2");
  }

  @Test
  void gradientsOfALayerHaveOneSizeSinceThatOfTheKeysBiasIsNothingButRounding()
      throws UnavailableException {
    Outputs ours = gradients(new float[] {8, -10}, new float[] {1e-6f, 0});
    assertThat(check(ours, gradients(new float[] {8, -10}, new float[] {-1e-6f, 1e-6f})))
        .isEqualTo(2e-7, within(1e-9));
    assertThatThrownBy(() -> check(ours, gradients(new float[] {8, -10}, new float[] {0, 0.01f})))
        .hasMessage(
            "its grads/key/bias is 0.0010 of the largest value different from Heddle's, more than the"
                + " 2.0e-05 that rounding explains");
    assertThatThrownBy(() -> check(ours, OURS))
        .hasMessage("its grads/key/kernel: expected 2 values as Heddle's, got none");
  }

  private static double check(Outputs expected, Outputs got) throws UnavailableException {
    return Agreement.check(expected, got, DType.FLOAT32);
  }

  /** The larger gradients of query do not affect the scale of those of key. */
  private static Outputs gradients(float[] kernel, float[] bias) {
    SequencedMap<String, float[]> tensors = new LinkedHashMap<>();
    tensors.put("grads/key/kernel", kernel);
    tensors.put("grads/key/bias", bias);
    tensors.put("grads/query/kernel", new float[] {1e4f});
    return new Outputs(tensors);
  }
}
