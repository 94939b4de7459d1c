package dev.heddle.simd;

import dev.heddle.kernel.AttentionHead;
import dev.heddle.kernel.AttentionHead64;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Rounding;
import dev.heddle.kernel.Rows;
import dev.heddle.kernel.Rows64;
import dev.heddle.kernel.ScalarKernels;
import org.jspecify.annotations.Nullable;

/** The kernels on the Vector API, with the bits of {@link ScalarKernels}. */
final class SimdKernels implements Kernels {
  /** Rows of a left operand from which on copying the right one into panels pays. */
  private static final int ROWS_TO_PACK_FOR = 8;

  /** Queries below which lanes would mostly be idle. */
  private static final int FEW_QUERIES = 8;

  private final Kernels scalar = new ScalarKernels();
  private final String name;

  SimdKernels(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Packed pack(Rows b, int rows) {
    return rows < ROWS_TO_PACK_FOR ? new Packed.Plain(b) : Panels.of(b);
  }

  @Override
  public void multiply(Rows a, Packed b, Rows c) {
    if (b instanceof Packed.Plain(Rows matrix)) {
      Products.multiply(a, matrix, c);
    } else {
      Products.multiply(a, (Panels) b, c);
    }
  }

  @Override
  public void multiply(Rows64 a, Rows64 b, Rows64 c) {
    scalar.multiply(a, b, c);
  }

  @Override
  public void attend(
      AttentionHead head,
      int from,
      int to,
      Rows out,
      float @Nullable [] maxima,
      float @Nullable [] sums) {
    if (to - from < FEW_QUERIES || head.keys().rows() == 0 || head.scores() != null) {
      scalar.attend(head, from, to, out, maxima, sums);
      return;
    }
    SimdAttention attention = new SimdAttention(head, Scratch.ofThread());
    boolean finite = attention.packValues();
    if (!finite && (head.mask() != null || head.rules().causal())) {
      scalar.attend(head, from, to, out, maxima, sums);
      return;
    }
    for (int first = from; first < to; first += SimdAttention.BLOCK) {
      int count = Math.min(SimdAttention.BLOCK, to - first);
      BlockState state = attention.attend(first, count);
      attention.store(state, first, count, out);
      for (int i = 0; i < count; i++) {
        if (attention.needsCare(state, first + i, i)) {
          scalar.attend(head, first + i, first + i + 1, out, maxima, sums);
        } else if (maxima != null && sums != null) {
          maxima[first + i] = state.maxima[i];
          sums[first + i] = state.sums[i];
        }
      }
    }
  }

  @Override
  public void attend(
      AttentionHead64 head,
      int from,
      int to,
      Rows64 out,
      double @Nullable [] maxima,
      double @Nullable [] sums) {
    scalar.attend(head, from, to, out, maxima, sums);
  }

  @Override
  public void weigh(AttentionHead head, int from, int to, Rows out, Rounding rounding) {
    scalar.weigh(head, from, to, out, rounding);
  }

  @Override
  public void weigh(AttentionHead64 head, int from, int to, Rows64 out, Rounding rounding) {
    scalar.weigh(head, from, to, out, rounding);
  }
}
