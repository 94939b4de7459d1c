package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.simd.WarmKernels;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Computes the cases of a seed and prints a line for each: {@code case N DIGEST}, or {@code case N
 * WHAT} if a part has different bits than the whole. The first line is {@code kernels NAME} or
 * {@code missing REASON}; {@code vectors NAME} follows when the warm-up of SIMD kernels has ended.
 */
final class Digests {
  private Digests() {}

  /** The program; its arguments are the seed and the size. */
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

  /** Ends the warm-up; that of loops over elements only in JVMs that compile. */
  private static void warm(Size size) {
    Kernels kernels = KernelChoice.current().kernels();
    if (kernels.name().startsWith("simd")) {
      boolean calls = size == Size.SMALL;
      Kernels warm = calls ? WarmKernels.ofCalls(kernels) : WarmKernels.of(kernels);
      System.out.println("vectors " + warm.name());
    }
  }
}
