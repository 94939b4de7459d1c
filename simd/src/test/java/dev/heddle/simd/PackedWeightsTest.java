package dev.heddle.simd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayInspection;
import dev.heddle.array.DType;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.PackedLayouts;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.support.Numbers;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/** Weights are packed once, and the packed layout has the lifetime of the weights. */
class PackedWeightsTest {
  private static final int FEATURES = 48;
  private static final int COLLECTIONS = 100;

  @BeforeAll
  static void chooseTheWidth() {
    String name;
    try {
      name = KernelChoice.current().kernels().name();
    } catch (IllegalArgumentException e) {
      throw new TestAbortedException("left out: " + e.getMessage());
    }
    if (name.equals("scalar")) {
      throw new TestAbortedException("left out: the scalar kernels take weights as they are");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16"})
  void aLayoutIsReusedAndCollectedWithTheVariables(DType dtype) throws InterruptedException {
    var layer = MultiHeadDotProductAttention.builder().numHeads(3).dtype(dtype).build();
    Array x = Numbers.of(1, dtype, 2, 40, FEATURES);

    List<WeakReference<?>> left = used(layer, x);

    for (int i = 0; i < COLLECTIONS && left.stream().anyMatch(one -> one.get() != null); i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(left).hasSize(8).allMatch(one -> one.get() == null);
    Reference.reachabilityFence(
        layer); // neither the layer nor the threads that ran it hold weights
    Reference.reachabilityFence(x);
  }

  /** The kernels of a layer, and their layouts, after it was applied. */
  private static List<WeakReference<?>> used(MultiHeadDotProductAttention layer, Array x) {
    Variables variables = layer.init(Rngs.of(0), x);
    WarmKernels.of(KernelChoice.current().kernels());
    layer.apply(variables, x);
    List<WeakReference<?>> used = new ArrayList<>();
    for (String name : List.of("query", "key", "value", "out")) {
      Array kernel = variables.get("params/" + name + "/kernel");
      Packed cachedLayout = cachedLayout(kernel, x.dtype());
      layer.apply(variables, x);
      assertThat(cachedLayout(kernel, x.dtype())).isSameAs(cachedLayout);
      used.add(new WeakReference<>(kernel));
      used.add(new WeakReference<>(cachedLayout));
    }
    return used;
  }

  private static Packed cachedLayout(Array kernel, DType dtype) {
    Packed cachedLayout =
        ArrayInspection.layouts(kernel, dtype)
            .get(
                new PackedLayouts.Key(
                    KernelChoice.current().kernels(), FEATURES, FEATURES, false, false));
    return assertThat(cachedLayout).isNotNull().actual();
  }
}
