package dev.heddle.simd;

import dev.heddle.kernel.AttentionBackwardInputs;
import dev.heddle.kernel.AttentionBackwardInputs64;
import dev.heddle.kernel.AttentionBackwardOutputs;
import dev.heddle.kernel.AttentionBackwardOutputs64;
import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.AttentionHead64;
import dev.heddle.kernel.Band;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.HalfMatrixView;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.MatrixView64;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.ScalarKernels;
import dev.heddle.kernel.Tiles;
import org.jspecify.annotations.Nullable;

/** The kernels on the Vector API, with the bits of {@link ScalarKernels}. */
final class SimdKernels extends SimdElements {
  /**
   * Minimum number of rows of the left operand for which packing the right one into panels pays.
   */
  private static final int MIN_ROWS_TO_PACK = 8;

  /** Below this number of queries most lanes would be idle. */
  private static final int FEW_QUERIES = 8;

  /**
   * Number of small calls that run scalar first: vector code takes milliseconds a call until the
   * JIT compiler has compiled it, and a program that computes one layer ends before that.
   * (2026-11-23, two cores: the demo's layer took 0.8 s with vectors from the start, 0.2 s with
   * scalar calls first.)
   */
  static final int COLD_CALLS = 64;

  /** Maximum number of multiply-adds of a small call. */
  private static final long SMALL = 16 << 20;

  private final ScalarKernels scalar = new ScalarKernels();
  private final String name;
  private int products; // approximate: a race only prolongs the warm-up
  private int attentions;

  SimdKernels(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String tiles() {
    return "6 x " + Panels.WIDTH + " (6 x " + Panels.WIDTH / Species.LANES + " vectors)";
  }

  @Override
  public Packed pack(MatrixView b, boolean transposed, int rows) {
    boolean isPlain = usesPlainLayout(b.rows(), b.cols(), transposed, rows);
    return isPlain ? scalar.packOnce(b, transposed, rows) : Panels.of(b, transposed, this);
  }

  @Override
  public Packed packOnce(MatrixView b, boolean transposed, int rows) {
    boolean isPlain = usesPlainLayout(b.rows(), b.cols(), transposed, rows);
    return isPlain ? scalar.packOnce(b, transposed, rows) : Panels.borrowed(b, transposed, this);
  }

  @Override
  public Packed pack(HalfMatrixView b, int rows) {
    boolean isPlain = usesPlainLayout(b.rows(), b.cols(), false, rows);
    return isPlain ? new Packed.Halves(b, b.isBfloat16() || b.areFinite()) : Panels.of(b, this);
  }

  @Override
  public Packed packOnce(HalfMatrixView b, int rows) {
    boolean isPlain = usesPlainLayout(b.rows(), b.cols(), false, rows);
    // Not areFinite(), which takes longer than the one product that it would make faster.
    return isPlain ? new Packed.Halves(b, b.isBfloat16()) : Panels.borrowed(b, this);
  }

  @Override
  public boolean areFew(int rows) {
    return rows < MIN_ROWS_TO_PACK;
  }

  /** Whether packing an operand into panels does not pay. */
  private boolean usesPlainLayout(int height, int width, boolean transposed, int rows) {
    boolean few = areFew(rows) && !transposed; // transposing is as much work as packing
    boolean fits = transposed ? Panels.fit(width, height) : Panels.fit(height, width);
    return few || !fits || isCold((long) rows * height * width);
  }

  @Override
  public void multiply(MatrixView a, Packed b, int col, MatrixView c, Epilogue epilogue) {
    boolean cold = isCold((long) a.rows() * b.rows() * c.cols());
    if (col == 0) { // counted here, because a retained operand is packed only once
      products = Math.min(products + 1, COLD_CALLS);
    }
    if (b instanceof Panels panels) {
      Products.multiply(a, panels, col, c, epilogue);
      return;
    }
    if (cold) {
      scalar.multiply(a, b, col, c, epilogue);
      return;
    }
    if (b instanceof Packed.Halves(HalfMatrixView halves, boolean isFinite)) {
      HalfProducts.multiply(a, halves.columns(col, c.cols()), isFinite, c, this);
    } else {
      MatrixView all = ((Packed.Plain) b).matrix();
      MatrixView part =
          new MatrixView(all.data(), all.offset() + col, all.stride(), all.rows(), c.cols());
      Products.multiply(a, part, c);
    }
    Epilogues.apply(epilogue, c.data(), c.at(0), c.stride(), c.rows(), c.cols(), col);
  }

  /** Ends the warm-up, for tests that compare vectors from the first call. */
  void endColdCalls() {
    products = COLD_CALLS;
    attentions = COLD_CALLS;
  }

  /** Whether the warm-up has ended for all calls. */
  boolean areColdCallsOver() {
    return areProductsVectorized() && attentions >= COLD_CALLS;
  }

  /** Whether the warm-up has ended for products. */
  boolean areProductsVectorized() {
    return products >= COLD_CALLS;
  }

  private boolean isCold(long work) {
    return products < COLD_CALLS && work <= SMALL;
  }

  @Override
  public void multiply(MatrixView64 a, MatrixView64 b, MatrixView64 c) {
    boolean cold = isCold((long) a.rows() * b.rows() * c.cols());
    products = Math.min(products + 1, COLD_CALLS);
    if (cold) {
      scalar.multiply(a, b, c);
    } else {
      DoubleProducts.multiply(a, b, c);
    }
  }

  @Override
  public void attentionForward(
      AttentionHead head,
      int from,
      int to,
      MatrixView out,
      float @Nullable [] maxima,
      float @Nullable [] sums) {
    if (isScalar(head, to - from)) {
      scalar.attentionForward(head, from, to, out, maxima, sums);
      return;
    }
    if (to - from < FEW_QUERIES) {
      if (from > 0 || !head.rules().band().isAll()) {
        scalar.attentionForward(head, from, to, out, maxima, sums);
        return;
      }
      Scratch scratch = Scratch.borrow();
      scalar.attentionForward(FewQueries.scored(head, to, scratch), from, to, out, maxima, sums);
      scratch.giveBack();
      return;
    }
    Scratch scratch = Scratch.borrow();
    attentionForward(new SimdAttention(head, scratch), head, from, to, out, maxima, sums);
    scratch.giveBack();
  }

  private void attentionForward(
      SimdAttention attention,
      AttentionHead head,
      int from,
      int to,
      MatrixView out,
      float @Nullable [] maxima,
      float @Nullable [] sums) {
    int keys = head.keys().rows();
    Band band = head.rules().band();
    int begin = band.from(from, keys) / Tiles.TILE * Tiles.TILE;
    int end = Math.max(begin, band.to(to - 1, keys));
    if (!attention.packValues(begin, end)) {
      scalar.attentionForward(head, from, to, out, maxima, sums);
      return;
    }
    attention.packKeys(to - from, begin, end);
    for (int first = from; first < to; first += SimdAttention.BLOCK) {
      int count = Math.min(SimdAttention.BLOCK, to - first);
      BlockState state = attention.attentionForward(first, count, true);
      if (attention.anyLow(state, count)) {
        if (!attention.packRest()) {
          scalar.attentionForward(head, first, first + count, out, maxima, sums);
          continue;
        }
        state = attention.attentionForward(first, count, false);
      }
      attention.store(state, first, count, out);
      for (int i = 0; i < count; i++) {
        if (SimdAttention.needsScalarKernel(state, i) || isNegativeZero(state.maxima[i])) {
          scalar.attentionForward(head, first + i, first + i + 1, out, maxima, sums);
        } else if (maxima != null && sums != null) {
          maxima[first + i] = state.maxima[i];
          sums[first + i] = state.sums[i];
        }
      }
    }
  }

  /** Whether a maximum is -0, which may be wrong: comparisons do not order zeros of both signs. */
  private static boolean isNegativeZero(float maximum) {
    return Float.floatToRawIntBits(maximum) == Integer.MIN_VALUE;
  }

  private static AttentionHead withoutValues(AttentionHead head) {
    MatrixView values = head.values();
    MatrixView none =
        new MatrixView(values.data(), values.offset(), values.stride(), values.rows(), 0);
    return new AttentionHead(
        head.queries(), head.keys(), none, null, head.bias(), head.mask(), null, head.rules());
  }

  /** Whether a call is left to the scalar kernels; counts the call. */
  private boolean isScalar(AttentionHead head, int queries) {
    long work = (long) queries * head.keys().rows() * head.values().cols();
    boolean cold = attentions < COLD_CALLS && work <= SMALL;
    attentions = Math.min(attentions + 1, COLD_CALLS);
    return cold || head.keys().rows() == 0 || head.scores() != null;
  }

  @Override
  public void attentionForward(
      AttentionHead64 head,
      int from,
      int to,
      MatrixView64 out,
      double @Nullable [] maxima,
      double @Nullable [] sums) {
    scalar.attentionForward(head, from, to, out, maxima, sums);
  }

  @Override
  public void attentionBackward(
      AttentionBackwardInputs inputs,
      AttentionBackwardOutputs gradients,
      int from,
      int to,
      int keyFrom,
      int keyTo) {
    if (to - from >= FEW_QUERIES && !isScalar(inputs.head(), to - from)) {
      BackwardScratch scratch = BackwardScratch.borrow();
      boolean done =
          new SimdAttentionBackward(inputs, gradients, keyFrom, keyTo, scratch).run(from, to);
      scratch.giveBack();
      if (done) {
        return;
      }
    }
    scalar.attentionBackward(inputs, gradients, from, to, keyFrom, keyTo);
  }

  @Override
  public void attentionBackward(
      AttentionBackwardInputs64 inputs,
      AttentionBackwardOutputs64 gradients,
      int from,
      int to,
      int keyFrom,
      int keyTo) {
    scalar.attentionBackward(inputs, gradients, from, to, keyFrom, keyTo);
  }

  @Override
  public void attentionWeights(
      AttentionHead head, int from, int to, MatrixView out, Rounding rounding) {
    if (to - from < FEW_QUERIES || isScalar(head, to - from)) {
      scalar.attentionWeights(head, from, to, out, rounding);
      return;
    }
    Scratch scratch = Scratch.borrow();
    SimdAttention attention = new SimdAttention(withoutValues(head), scratch);
    for (int first = from; first < to; first += SimdAttention.BLOCK) {
      int count = Math.min(SimdAttention.BLOCK, to - first);
      BlockState state = attention.attentionWeights(first, count, out);
      for (int i = 0; i < count; i++) {
        if (state.sums[i] > 0) {
          int at = out.at(first + i);
          Passes.round(rounding, out.data(), at, at + out.cols());
        } else { // the sum is 0 or NaN
          scalar.attentionWeights(head, first + i, first + i + 1, out, rounding);
        }
      }
    }
    scratch.giveBack();
  }

  @Override
  public void attentionWeights(
      AttentionHead64 head, int from, int to, MatrixView64 out, Rounding rounding) {
    scalar.attentionWeights(head, from, to, out, rounding);
  }
}
