package dev.heddle.array;

import dev.heddle.kernel.Buffers;
import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.MatrixView;
import dev.heddle.kernel.Packed;
import dev.heddle.kernel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * One product in float32, split into tasks for rows of the result and, where these are few,
 * columns. Results of 16 bits are rounded by the task that computed them.
 */
final class FloatProduct {
  private final Kernels kernels;
  private final MatrixProduct sizes;
  private final LeftOperand a;
  private final Packed b;
  private final Epilogue epilogue;
  private final DType dtype;
  private final float[] out;
  private final short @Nullable [] halves;

  FloatProduct(
      Kernels kernels,
      MatrixProduct sizes,
      LeftOperand a,
      Packed b,
      Epilogue epilogue,
      DType dtype) {
    this.kernels = kernels;
    this.sizes = sizes;
    this.a = a;
    this.b = b;
    this.epilogue = epilogue;
    this.dtype = dtype;
    int size = sizes.size();
    this.halves = dtype.isHalf() ? new short[size] : null;
    this.out = halves == null ? new float[size] : Buffers.borrow(size);
  }

  Storage run() {
    TaskSplit byRows = sizes.split();
    TaskSplit byCols = TaskSplit.ofBlocks(byRows.parts(), sizes.cols());
    int across = Math.max(1, byCols.parts());
    Workers.run(
        byRows.parts() * across,
        sizes.cost(),
        task -> {
          int row = task / across * byRows.share();
          int col = task % across * byCols.share();
          int height = Math.min(byRows.share(), sizes.rows() - row);
          int width = Math.min(byCols.share(), sizes.cols() - col);
          a.rows(sizes.rows(), row, height, part -> multiply(part, row, col, width));
        });
    if (halves == null) {
      return new Storage.F32(out);
    }
    Buffers.giveBack(out);
    return Storage.of(dtype, halves);
  }

  private void multiply(MatrixView part, int row, int col, int width) {
    int at = row * sizes.cols() + col;
    kernels.multiply(
        part, b, col, new MatrixView(out, at, sizes.cols(), part.rows(), width), epilogue);
    if (halves == null) {
      return;
    }
    boolean whole = width == sizes.cols();
    int count = whole ? part.rows() * width : width;
    for (int i = 0; i < (whole ? 1 : part.rows()); i++) {
      Half.store(kernels, dtype, out, halves, at + i * sizes.cols(), count);
    }
  }
}
