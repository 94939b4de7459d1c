package dev.heddle.simd.bits;

import dev.heddle.array.DType;
import dev.heddle.kernel.AttentionBackwardInputs;
import dev.heddle.kernel.AttentionBackwardOutputs;
import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.AttentionHead64;
import dev.heddle.kernel.Band;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.MatrixView64;
import dev.heddle.kernel.NormDerivative;
import dev.heddle.kernel.NormRows;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.ScoreRules;
import dev.heddle.kernel.StridedView;
import dev.heddle.kernel.UnaryFunction;
import dev.heddle.support.Numbers;

/** A call of each kernel, with the bytes that it may allocate when compiled. */
final class KernelCalls {
  /** Bytes of a kernel's own small objects. */
  static final long SMALL = 160;

  /** Bytes of the small objects of the backward pass of attention: itself, and matrix views. */
  static final long VIEWS = 500;

  /** Bytes that scalar attention, which some calls use, allocates for its rows. */
  static final long PLAIN = 200_000;

  private static double sink;

  private KernelCalls() {}

  /** A consumer of calls. */
  interface Visitor {
    void call(String name, long allowedBytes, Runnable call);
  }

  /** Visits a call of each kernel on rows, columns and lengths of {@code n}. */
  static void each(Kernels kernels, int n, Visitor visitor) {
    products(kernels, n, visitor);
    attention(kernels, n, visitor);
    elements(kernels, n, visitor);
    derivatives(kernels, n, visitor);
    if (sink == 0.5) { // so that the results are used
      throw new IllegalStateException();
    }
  }

  private static void products(Kernels kernels, int n, Visitor visitor) {
    MatrixView a = rows(1, n, n);
    Packed b = kernels.pack(rows(2, n, n), false, n);
    MatrixView c = rows(3, n, n);
    Epilogue epilogue = new Epilogue(Rounding.BFLOAT16, new float[n], 3);
    visitor.call("multiply " + n, SMALL, () -> kernels.multiply(a, b, 0, c, Epilogue.NONE));
    for (boolean isBfloat16 : new boolean[] {true, false}) {
      HalfMatrixView bits = HalfMatrixView.of(new short[n * n], isBfloat16, n, n);
      for (int rows = 1; rows < 8; rows++) {
        MatrixView few = rows(1, rows, n);
        MatrixView result = rows(3, rows, n);
        Packed kept = kernels.pack(bits, rows);
        Packed once = kernels.packOnce(bits, rows);
        String name = rows + " rows, " + (isBfloat16 ? "bfloat16 " : "float16 ") + n;
        visitor.call(name, SMALL, () -> kernels.multiply(few, kept, 0, result, Epilogue.NONE));
        visitor.call(
            name + " once", SMALL, () -> kernels.multiply(few, once, 0, result, Epilogue.NONE));
      }
    }
    visitor.call(
        "multiply with epilogue " + n, SMALL, () -> kernels.multiply(a, b, 0, c, epilogue));
    MatrixView64 square = MatrixView64.of(new double[n * n], n, n);
    MatrixView64 product = MatrixView64.of(new double[n * n], n, n);
    visitor.call("multiply float64 " + n, SMALL, () -> kernels.multiply(square, square, product));
    for (int rows = 1; rows < 8; rows++) {
      MatrixView few = rows(1, rows, n);
      MatrixView result = rows(3, rows, n);
      Packed plain = kernels.pack(rows(2, n, n), false, rows);
      visitor.call(rows + " rows " + n, SMALL, () -> kernels.multiply(few, plain, result));
      MatrixView64 few64 = MatrixView64.of(new double[rows * n], rows, n);
      MatrixView64 result64 = MatrixView64.of(new double[rows * n], rows, n);
      visitor.call(
          rows + " rows float64 " + n, SMALL, () -> kernels.multiply(few64, square, result64));
    }
  }

  private static void attention(Kernels kernels, int n, Visitor visitor) {
    MatrixView out = rows(4, n, n);
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
                causal ? Band.CAUSAL : Band.ALL,
                1);
        MatrixView q = rows(5, n, n);
        AttentionHead head = new AttentionHead(q, q, q, null, null, null, null, rules);
        String what = (causal ? " causal " : " ") + rounding + " " + n;
        visitor.call(
            "attention forward" + what,
            SMALL,
            () -> kernels.attentionForward(head, 0, n, out, maxima, sums));
        visitor.call(
            "attention forward few" + what,
            PLAIN,
            () -> kernels.attentionForward(head, 3, 5, out, maxima, sums));
        AttentionBackwardInputs cotangent =
            new AttentionBackwardInputs(head, out, rows(7, n, n), maxima, sums, 0);
        AttentionBackwardOutputs all =
            new AttentionBackwardOutputs(
                rows(8, n, n), rows(9, n, n), rows(10, n, n), rows(11, n, n));
        visitor.call(
            "attention backward" + what,
            VIEWS,
            () -> kernels.attentionBackward(cotangent, all, 0, n, 0, n));
        AttentionHead masked =
            new AttentionHead(q, q, q, null, pairs(q), flags(12, n), flags(13, n), rules);
        AttentionBackwardInputs ofMasked =
            new AttentionBackwardInputs(masked, out, all.scores(), maxima, sums, 0);
        visitor.call(
            "attention backward masked" + what,
            VIEWS,
            () -> kernels.attentionBackward(ofMasked, all, 0, n, 0, n));
        visitor.call(
            "attention weights" + what,
            SMALL,
            () -> kernels.attentionWeights(head, 0, n, out, rounding));
        MatrixView64 square = MatrixView64.of(new double[n * n], n, n);
        AttentionHead64 head64 =
            new AttentionHead64(square, square, square, null, null, null, null, rules);
        MatrixView64 out64 = MatrixView64.of(new double[n * n], n, n);
        visitor.call(
            "attention forward float64" + what,
            PLAIN,
            () -> kernels.attentionForward(head64, 0, n, out64, null, null));
      }
    }
  }

  private static void elements(Kernels kernels, int n, Visitor visitor) {
    float[] in = rows(6, n, n).data();
    float[] out = new float[n * n];
    short[] half = new short[n * n];
    for (UnaryFunction function : UnaryFunction.values()) {
      visitor.call(
          "map " + function + " " + n, SMALL, () -> kernels.map(function, in, 0, out, 0, n * n));
    }
    visitor.call("toBfloat16 " + n, SMALL, () -> kernels.toBfloat16(in, 0, half, 0, n * n));
    visitor.call("fromBfloat16 " + n, SMALL, () -> kernels.fromBfloat16(half, 0, out, 0, n * n));
    visitor.call("toFloat16 " + n, SMALL, () -> kernels.toFloat16(in, 0, half, 0, n * n));
    visitor.call("fromFloat16 " + n, SMALL, () -> kernels.fromFloat16(half, 0, out, 0, n * n));
    visitor.call("round " + n, SMALL, () -> kernels.round(Rounding.FLOAT16, out, 0, n * n));
    visitor.call("sum " + n, SMALL, () -> sink += kernels.sum(in, 0, n * n));
    visitor.call("max " + n, SMALL, () -> sink += kernels.max(in, 0, n * n));
    for (boolean fast : new boolean[] {false, true}) {
      NormRows rows = new NormRows(in, out, n, 1e-6f, fast, new float[n], new float[n]);
      visitor.call("normalize " + fast + " " + n, SMALL, () -> kernels.normalize(rows, 0, n));
    }
  }

  private static void derivatives(Kernels kernels, int n, Visitor visitor) {
    float[] x = rows(14, n, n).data();
    float[] g = rows(15, n, n).data();
    float[] out = new float[n * n];
    float[] sums = new float[n];
    visitor.call("addRows " + n, SMALL, () -> kernels.addRows(x, 0, n, n, sums, 0, n));
    visitor.call("relu derivative " + n, SMALL, () -> kernels.reluDerivative(x, g, out, 0, n * n));
    visitor.call("gelu derivative " + n, SMALL, () -> kernels.geluDerivative(x, g, out, 0, n * n));
    visitor.call(
        "exact gelu derivative " + n,
        SMALL,
        () -> kernels.geluExactDerivative(x, g, out, 0, n * n));
    visitor.call("transpose " + n, SMALL, () -> kernels.transpose(x, 0, n, n, n, out, 0, n));
    float[] ones = rows(16, 1, n).data();
    NormRows rows = new NormRows(x, out, n, 1e-6f, false, ones, ones);
    NormDerivative norm = new NormDerivative(rows, g, new float[n], new float[n]);
    visitor.call("norm derivative " + n, SMALL, () -> kernels.normDerivative(norm, 0, n));
    visitor.call(
        "norm scale derivative " + n,
        SMALL,
        () -> kernels.normScaleDerivative(norm, n, sums, 0, n));
    visitor.call("sum of squares " + n, SMALL, () -> sink += kernels.sumOfSquares(x, 0, n * n));
  }

  private static MatrixView rows(long seed, int rows, int cols) {
    return MatrixView.of(Numbers.of(seed, DType.FLOAT32, rows, cols).toFloatArray(), rows, cols);
  }

  private static StridedView<float[]> pairs(MatrixView rows) {
    return new StridedView<>(rows.data(), 0, rows.stride(), 1);
  }

  private static ScoreMask flags(long seed, int n) {
    byte[] flags = new byte[n * n];
    boolean[] drawn = Numbers.flags(seed, n, n).toBooleanArray();
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) (drawn[i] ? 1 : 0);
    }
    return new ScoreMask.Stored(new StridedView<>(flags, 0, n, 1));
  }
}
