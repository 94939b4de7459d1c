package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LanesTest {
  @Test
  void elementsGoToSixteenLanesThatFoldInHalves() {
    float[] values = new float[1 + 37];
    for (int i = 0; i < 37; i++) {
      values[1 + i] = (float) Math.sin(i) * (1 << i % 20);
    }
    float[] lane = new float[16];
    for (int i = 0; i < 37; i++) {
      lane[i % 16] += values[1 + i];
    }
    float[] eight = new float[8];
    for (int i = 0; i < 8; i++) {
      eight[i] = lane[i] + lane[i + 8];
    }
    float expected =
        ((eight[0] + eight[4]) + (eight[2] + eight[6]))
            + ((eight[1] + eight[5]) + (eight[3] + eight[7]));

    assertThat(Lanes.sum(values, 1, 37)).isEqualTo(expected);
  }

  @Test
  void onlyElementsInTheRangeCount() {
    float[] values = {100, 1, 2, 3, 100};

    assertThat(Lanes.sum(values, 1, 3)).isEqualTo(6);
    assertThat(Lanes.product(values, 1, 3)).isEqualTo(6);
    assertThat(Lanes.max(values, 1, 3)).isEqualTo(3);
    assertThat(Lanes.min(values, 1, 3)).isEqualTo(1);
    assertThat(Lanes.sum(values, 1, 0)).isEqualTo(0);
    assertThat(Lanes.product(values, 1, 0)).isEqualTo(1);
  }

  @Test
  void float64FoldsTheSameWay() {
    double[] values = {1e16, 1, -1e16, 1, 0, 0, 0, 0, 3};

    // lanes 0 and 8 are added first, then 0 and 4, 0 and 2, and last the odd ones
    assertThat(Lanes64.sum(values, 0, 9)).isEqualTo(((1e16 + 3) + -1e16) + (1 + 1));
  }

  @Test
  void aNanIsTheLargestAndTheSmallest() {
    assertThat(Lanes.max(new float[] {1, Float.NaN, 2}, 0, 3)).isNaN();
    assertThat(Lanes64.min(new double[] {1, Double.NaN, 2}, 0, 3)).isNaN();
  }
}
