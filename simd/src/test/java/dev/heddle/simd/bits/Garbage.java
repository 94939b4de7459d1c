package dev.heddle.simd.bits;

import com.sun.management.ThreadMXBean;
import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.support.Numbers;
import java.lang.management.ManagementFactory;

/** Runs each kernel until it is compiled and prints the bytes that a call allocates afterwards. */
final class Garbage {
  /** Rows, columns and lengths: full register tiles, and a remainder. */
  private static final int[] SIZES = {64, 67};

  private static final int CALLS = 50;
  private static final int ROUNDS = 4;
  private static final int MOST_ROUNDS = 200;

  /** The bytes that a layer may allocate: its output, and small objects. */
  static final long LAYER = 2 * 128 * 128 * 4 + 16_000;

  /** The bytes that a layer whose heads are whole panels may allocate; as {@link #LAYER}. */
  static final long WHOLE_HEADS = 2 * 128 * 256 * 4 + 16_000;

  /**
   * The bytes that a call of a few microseconds may allocate: 4 KB of output, and small objects.
   */
  static final long SMALL_LAYER = 2 * 16 * 32 * 4 + 8_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Garbage() {}

  /**
   * The program: prints {@code bytes N of ALLOWED NAME} for each call; its argument is {@code
   * kernels}, {@code layers}, {@code heads} or {@code small}.
   */
  public static void main(String[] words) {
    Kernels kernels = KernelChoice.current().kernels();
    System.out.println("kernels " + kernels.name());
    if (words[0].equals("layers")) {
      layers(128, 128, LAYER, 2 * LAYER); // 16-bit types convert their output
      return;
    }
    if (words[0].equals("heads")) {
      layers(128, 256, WHOLE_HEADS, 2 * WHOLE_HEADS);
      return;
    }
    if (words[0].equals("small")) {
      layers(16, 32, SMALL_LAYER, SMALL_LAYER);
      return;
    }
    for (int size : SIZES) {
      KernelCalls.each(kernels, size, Garbage::measure);
    }
  }

  /**
   * Self-attention of two sequences.
   *
   * @param allowed maximum bytes of a call in float32
   * @param allowedOfHalves maximum bytes of a call in 16-bit types
   */
  private static void layers(int length, int features, long allowed, long allowedOfHalves) {
    Array x = Numbers.of(1, DType.FLOAT32, 2, length, features);
    Array causal = Masks.makeCausalMask(Array.zeros(DType.INT32, 2, length));
    for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16}) {
      long enough = dtype == DType.FLOAT32 ? allowed : allowedOfHalves;
      Array input = x.astype(dtype);
      var layer = MultiHeadDotProductAttention.builder().numHeads(4).dtype(dtype).build();
      Variables variables = layer.init(Rngs.of(0), input);
      measure("apply " + dtype, enough, () -> layer.apply(variables, input));
      AttentionInputs masked = AttentionInputs.of(input).mask(causal);
      measure("apply causal " + dtype, enough, () -> layer.apply(variables, masked));
    }
  }

  /**
   * Prints the bytes that a compiled call allocates: the minimum over rounds of calls, which are
   * repeated until it is low enough, up to a maximum number. (Calls wait for the JIT compiler, so
   * the number of calls does not depend on the machine's load.)
   */
  private static void measure(String name, long enough, Runnable call) {
    long fewest = Long.MAX_VALUE;
    int rounds = 0;
    while (rounds < ROUNDS || (fewest > enough && rounds < MOST_ROUNDS)) {
      rounds++;
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      fewest = Math.min(fewest, (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS);
    }
    System.out.println("bytes " + fewest + " of " + enough + " " + name);
  }
}
