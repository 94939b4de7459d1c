package dev.heddle.simd.bits;

import com.sun.management.ThreadMXBean;
import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.AttentionHead64;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.Grid;
import dev.heddle.kernel.HalfRows;
import dev.heddle.kernel.HeadCotangent;
import dev.heddle.kernel.HeadGradients;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.PairFlags;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
import dev.heddle.kernel.Rows64;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.UnaryFunction;
import dev.heddle.linen.AttentionInputs;
import dev.heddle.linen.Masks;
import dev.heddle.linen.MultiHeadDotProductAttention;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.support.Numbers;
import java.lang.management.ManagementFactory;

/** Runs each kernel until it is compiled and prints the bytes that a call then allocates. */
final class Garbage {
  /** Rows, columns and lengths: full register tiles, and what is left over. */
  private static final int[] SIZES = {64, 67};

  private static final int CALLS = 50;
  private static final int ROUNDS = 4;
  private static final int MOST_ROUNDS = 200;

  /** What the kernel's own object and the like take. */
  static final long SMALL = 160;

  /** What the derivative of attention's own objects take: itself, and views of rows. */
  static final long VIEWS = 500;

  /** What attention's plain loops take for their rows, which some calls still go through. */
  static final long PLAIN = 200_000;

  /** What the layer takes: its output, and small objects. */
  static final long LAYER = 2 * 128 * 128 * 4 + 16_000;

  /** What a layer takes whose heads are whole panels; as {@link #LAYER}. */
  static final long WHOLE_HEADS = 2 * 128 * 256 * 4 + 16_000;

  /** What a call takes whose arithmetic is microseconds: 4 KB of output, and small objects. */
  static final long SMALL_LAYER = 2 * 16 * 32 * 4 + 8_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static double sink;

  private Garbage() {}

  /**
   * The program: {@code bytes N of ALLOWED NAME} for each; its word is {@code kernels}, {@code
   * layers}, {@code heads} or {@code small}.
   */
  public static void main(String[] words) {
    Kernels kernels = KernelChoice.current().kernels();
    System.out.println("kernels " + kernels.name());
    if (words[0].equals("layers")) {
      layers(128, 128, LAYER, 2 * LAYER); // others convert their output
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
      products(kernels, size);
      attention(kernels, size);
      elements(kernels, size);
    }
    System.out.println("sum " + sink);
  }

  private static void products(Kernels kernels, int n) {
    Rows a = rows(1, n, n);
    Packed b = kernels.pack(rows(2, n, n), false, n);
    Rows c = rows(3, n, n);
    Epilogue epilogue = new Epilogue(Rounding.BFLOAT16, new float[n], 3);
    measure("multiply " + n, () -> kernels.multiply(a, b, 0, c, Epilogue.NONE));
    for (boolean isBfloat16 : new boolean[] {true, false}) {
      Packed halves = kernels.pack(HalfRows.of(new short[n * n], isBfloat16, n, n), 7);
      Rows seven = rows(1, 7, n);
      Rows result = rows(3, 7, n);
      measure(
          "multiply with " + (isBfloat16 ? "bfloat16 " : "float16 ") + n,
          () -> kernels.multiply(seven, halves, 0, result, Epilogue.NONE));
    }
    measure("multiply with epilogue " + n, () -> kernels.multiply(a, b, 0, c, epilogue));
    Rows64 wide = Rows64.of(new double[n * n], n, n);
    measure("multiply float64 " + n, () -> kernels.multiply(wide, wide, wide));
  }

  private static void attention(Kernels kernels, int n) {
    Rows out = rows(4, n, n);
    float[] maxima = new float[n];
    float[] sums = new float[n];
    for (boolean causal : new boolean[] {false, true}) {
      for (Rounding rounding : new Rounding[] {Rounding.NONE, Rounding.BFLOAT16}) {
        ScoreRules rules =
            new ScoreRules(
                8,
                rounding,
                rounding,
                Rounding.NONE,
                -Float.MAX_VALUE,
                -Float.MAX_VALUE,
                causal,
                1);
        Rows q = rows(5, n, n);
        AttentionHead head = new AttentionHead(q, q, q, null, null, null, null, rules);
        String what = (causal ? " causal " : " ") + rounding + " " + n;
        measure("attend" + what, () -> kernels.attend(head, 0, n, out, maxima, sums));
        measure("attend few" + what, PLAIN, () -> kernels.attend(head, 3, 5, out, maxima, sums));
        HeadCotangent cotangent = new HeadCotangent(head, out, rows(7, n, n), maxima, sums, 0);
        HeadGradients all =
            new HeadGradients(rows(8, n, n), rows(9, n, n), rows(10, n, n), rows(11, n, n));
        measure(
            "attend backward" + what,
            VIEWS,
            () -> kernels.attendBackward(cotangent, all, 0, n, 0, n));
        AttentionHead masked =
            new AttentionHead(q, q, q, null, pairs(q), flags(12, n), flags(13, n), rules);
        HeadCotangent ofMasked = new HeadCotangent(masked, out, all.pairs(), maxima, sums, 0);
        measure(
            "attend backward masked" + what,
            VIEWS,
            () -> kernels.attendBackward(ofMasked, all, 0, n, 0, n));
        measure("weigh" + what, () -> kernels.weigh(head, 0, n, out, rounding));
        Rows64 wide = Rows64.of(new double[n * n], n, n);
        AttentionHead64 head64 =
            new AttentionHead64(wide, wide, wide, null, null, null, null, rules);
        Rows64 out64 = Rows64.of(new double[n * n], n, n);
        measure(
            "attend float64" + what, PLAIN, () -> kernels.attend(head64, 0, n, out64, null, null));
      }
    }
  }

  private static void elements(Kernels kernels, int n) {
    float[] in = rows(6, n, n).data();
    float[] out = new float[n * n];
    short[] half = new short[n * n];
    for (UnaryFunction function : UnaryFunction.values()) {
      measure("map " + function + " " + n, () -> kernels.map(function, in, 0, out, 0, n * n));
    }
    measure("toBfloat16 " + n, () -> kernels.toBfloat16(in, 0, half, 0, n * n));
    measure("fromBfloat16 " + n, () -> kernels.fromBfloat16(half, 0, out, 0, n * n));
    measure("toFloat16 " + n, () -> kernels.toFloat16(in, 0, half, 0, n * n));
    measure("fromFloat16 " + n, () -> kernels.fromFloat16(half, 0, out, 0, n * n));
    measure("round " + n, () -> kernels.round(Rounding.FLOAT16, out, 0, n * n));
    measure("sum " + n, () -> sink += kernels.sum(in, 0, n * n));
    measure("max " + n, () -> sink += kernels.max(in, 0, n * n));
    for (boolean fast : new boolean[] {false, true}) {
      NormRows rows = new NormRows(in, out, n, 1e-6f, fast, new float[n], new float[n]);
      measure("normalize " + fast + " " + n, () -> kernels.normalize(rows, 0, n));
    }
  }

  /**
   * Self-attention of two sequences.
   *
   * @param allowed bytes of a call in float32
   * @param allowedOfHalves and in others
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
   * Prints the bytes a call allocates once it is compiled: the fewest of any round of calls, of
   * which there are more until it is few enough, up to a number. (The JVM compiles while the call
   * waits, so after how many calls is not up to the machine's other work.)
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

  private static void measure(String name, Runnable call) {
    measure(name, SMALL, call);
  }

  private static Rows rows(long seed, int rows, int cols) {
    return Rows.of(Numbers.of(seed, DType.FLOAT32, rows, cols).toFloatArray(), rows, cols);
  }

  private static Grid<float[]> pairs(Rows rows) {
    return new Grid<>(rows.data(), 0, rows.stride(), 1);
  }

  private static PairFlags flags(long seed, int n) {
    byte[] flags = new byte[n * n];
    boolean[] drawn = Numbers.flags(seed, n, n).toBooleanArray();
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) (drawn[i] ? 1 : 0);
    }
    return new PairFlags.Stored(new Grid<>(flags, 0, n, 1));
  }
}
