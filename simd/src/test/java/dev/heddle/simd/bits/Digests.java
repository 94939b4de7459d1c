package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.TreePair;
import dev.heddle.array.op.Elementwise;
import dev.heddle.grad.Grad;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.linen.LayerNorm;
import dev.heddle.linen.MultiHeadDotProductAttention;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.support.Numbers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Computes the cases of a seed and prints a line for each: {@code case N DIGEST}, where a part has
 * other bits than the whole {@code case N WHAT}. First it says {@code kernels NAME}, or {@code
 * missing REASON}.
 */
final class Digests {
  /** Calls after which vector kernels have stopped to run scalar. */
  private static final int WARM = 100;

  private Digests() {}

  /** The program; its words are the seed and the size. */
  public static void main(String[] words) throws NoSuchAlgorithmException {
    try {
      System.out.println("kernels " + KernelChoice.current().kernels().name());
    } catch (IllegalArgumentException e) {
      System.out.println("missing " + e.getMessage());
      return;
    }
    Size size = Size.valueOf(words[1]);
    warm(size);
    List<Case> cases = Case.of(Long.parseLong(words[0]), size);
    for (int i = 0; i < cases.size(); i++) {
      System.out.println("case " + i + " " + line(cases.get(i)));
    }
  }

  private static String line(Case one) throws NoSuchAlgorithmException {
    try {
      List<Array> made = one.run();
      List<String> wrong = one.disagreements(made);
      return wrong.isEmpty() ? digest(made) : String.join("; ", wrong);
    } catch (RuntimeException e) {
      throw new IllegalStateException(one.toString(), e);
    }
  }

  private static String digest(List<Array> arrays) throws NoSuchAlgorithmException {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (Array array : arrays) {
      sha.update((array.dtype() + array.shape().toString()).getBytes(StandardCharsets.UTF_8));
      sha.update(array.toBytes());
    }
    return HexFormat.of().formatHex(sha.digest(), 0, 8);
  }

  /** Past the calls that run scalar, so that it is vectors that are compared. */
  private static void warm(Size size) {
    Array x = Numbers.of(1, DType.FLOAT32, 16, 8);
    var layer = MultiHeadDotProductAttention.builder().numHeads(2).build();
    Variables variables = layer.init(Rngs.of(0), x);
    for (int i = 0; i < WARM; i++) {
      layer.apply(variables, x);
    }
    if (size == Size.SMALL) {
      return; // for JVMs that do not compile
    }
    Array many = Array.zeros(DType.FLOAT32, 1 << 20);
    for (int i = 0; i < 3; i++) {
      many.astype(DType.BFLOAT16).astype(DType.FLOAT32);
      many.astype(DType.FLOAT16).astype(DType.FLOAT32);
    }
    Array rows = many.reshape(1 << 10, 1 << 10);
    LayerNorm norm = LayerNorm.builder().build();
    var at = TreePair.of(norm.init(Rngs.of(0), rows), rows);
    for (int i = 0; i < 3; i++) {
      Grad.vjp(
              (TreePair<Variables, Array> t) ->
                  norm.apply(t.first(), Elementwise.gelu(Elementwise.geluExact(t.second()))),
              at)
          .pullback(rows);
    }
  }
}
