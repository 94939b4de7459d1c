package dev.heddle.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A layout is found under its key, and under no other. */
class PackedLayoutsTest {
  private final Kernels kernels = new ScalarKernels();
  private final PackedLayouts layouts = new PackedLayouts();

  private record Made(int rows, int cols) implements Packed {
    @Override
    public int step() {
      return 1;
    }
  }

  @Test
  void isFoundUnderEqualKeysOnly() {
    Packed made = new Made(6, 4);
    layouts.keep(new PackedLayouts.Key(kernels, 6, 4, false, false), made);

    assertThat(layouts.get(new PackedLayouts.Key(kernels, 6, 4, false, false))).isSameAs(made);
    assertThat(layouts.get(new PackedLayouts.Key(kernels, 4, 6, false, false))).isNull();
    assertThat(layouts.get(new PackedLayouts.Key(kernels, 12, 2, false, false))).isNull();
    assertThat(layouts.get(new PackedLayouts.Key(kernels, 6, 2, false, false))).isNull();
    assertThat(layouts.get(new PackedLayouts.Key(kernels, 6, 4, true, false))).isNull();
    assertThat(layouts.get(new PackedLayouts.Key(kernels, 6, 4, false, true))).isNull();
    assertThat(layouts.get(new PackedLayouts.Key(new ScalarKernels(), 6, 4, false, false)))
        .isNull();
  }

  @Test
  void aKeyIsRepeatedFromTheSecondTimeOn() {
    PackedLayouts.Key key = new PackedLayouts.Key(kernels, 6, 4, false, false);

    assertThat(layouts.isRepeated(key)).isFalse();
    assertThat(layouts.isRepeated(new PackedLayouts.Key(kernels, 4, 6, false, false))).isFalse();
    assertThat(layouts.isRepeated(key)).isTrue();
    assertThat(layouts.get(key)).isNull();
  }

  @Test
  void unpackedMatricesAreNotRetained() {
    PackedLayouts.Key key = new PackedLayouts.Key(kernels, 2, 2, false, false);
    layouts.keep(key, new Packed.Plain(MatrixView.of(new float[4], 2, 2)));
    assertThat(layouts.get(key)).isNull();
    layouts.keep(key, new Packed.Halves(HalfMatrixView.of(new short[4], true, 2, 2), true));
    assertThat(layouts.get(key)).isNull();
  }

  @Test
  void theOldestLayoutIsEvicted() {
    for (int i = 1; i <= PackedLayouts.MAX_KEPT + 1; i++) {
      layouts.keep(new PackedLayouts.Key(kernels, i, 1, false, false), new Made(i, 1));
    }
    assertThat(layouts.get(new PackedLayouts.Key(kernels, 1, 1, false, false))).isNull();
    for (int i = 2; i <= PackedLayouts.MAX_KEPT + 1; i++) {
      assertThat(layouts.get(new PackedLayouts.Key(kernels, i, 1, false, false)))
          .isEqualTo(new Made(i, 1));
    }
  }
}
