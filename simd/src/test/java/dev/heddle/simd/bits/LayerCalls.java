package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.support.Numbers;

/** A program that calls attention often enough for its kernels to be compiled. */
final class LayerCalls {
  private static final int CALLS = 3000;

  /** More calls than the warm-up on scalar kernels takes. */
  private static final int WARM_UP = 200;

  private LayerCalls() {}

  /** The first argument is the dtype; the second is {@code forward} or {@code backward}. */
  public static void main(String[] words) {
    System.out.println("kernels " + KernelChoice.current().kernels().name());
    DType dtype = DType.valueOf(words[0]);
    Array x = Numbers.of(1, DType.FLOAT32, 2, 64, 128);
    var attention = MultiHeadDotProductAttention.builder().numHeads(2).dtype(dtype).build();
    Variables variables = attention.init(Rngs.of(0), x);
    for (int call = 0; call < CALLS; call++) {
      if (call == WARM_UP) {
        System.out.println("warm");
      }
      if (words[1].equals("forward")) {
        attention.apply(variables, x);
      } else {
        Grad.grad(in -> attention.apply(in.first(), in.second()).sum(), TreePair.of(variables, x));
      }
    }
  }
}
