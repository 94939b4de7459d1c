package dev.heddle.array;

import dev.heddle.kernel.Epilogue;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link MatMul#dotGeneral}, and {@link MatMul#affine} with its bias as a third input. */
record DotGeneral(int[] lhsContract, int[] rhsContract, int[] lhsBatch, int[] rhsBatch)
    implements Op {
  @Override
  public String name() {
    return "dot_general";
  }

  void check(Shape lhs, Shape rhs) {
    pairs("contracted", lhs, lhsContract, rhs, rhsContract);
    pairs("batch", lhs, lhsBatch, rhs, rhsBatch);
    distinct("first", lhs, lhsContract, lhsBatch);
    distinct("second", rhs, rhsContract, rhsBatch);
  }

  void checkBias(Shape rhs, Shape bias) {
    Shape expected = Axes.lengths(rhs, free(rhs.rank(), rhsContract, rhsBatch));
    if (!bias.equals(expected)) {
      throw new IllegalArgumentException(
          "affine: argument \"bias\": expected shape " + expected + ", got " + bias);
    }
  }

  private static void pairs(String kind, Shape lhs, int[] left, Shape rhs, int[] right) {
    boolean equal = left.length == right.length;
    for (int i = 0; equal && i < left.length; i++) {
      equal = lhs.dim(left[i]) == rhs.dim(right[i]);
    }
    if (!equal) {
      throw new IllegalArgumentException(
          "dot_general: expected %s axes of equal lengths, got axes %s of %s and %s of %s"
              .formatted(kind, Arrays.toString(left), lhs, Arrays.toString(right), rhs));
    }
  }

  private static void distinct(String which, Shape shape, int[] contract, int[] batch) {
    boolean[] taken = new boolean[shape.rank()];
    for (int axis : Axes.concat(contract, batch)) {
      if (taken[axis]) {
        throw new IllegalArgumentException(
            ("dot_general: expected every axis at most once, got contracted %s and batch %s of"
                    + " the %s operand, shape %s")
                .formatted(Arrays.toString(contract), Arrays.toString(batch), which, shape));
      }
      taken[axis] = true;
    }
  }

  @Override
  public Array forward(List<Array> inputs) {
    Array lhs = inputs.get(0);
    Array rhs = inputs.get(1);
    int[] lhsFree = free(lhs.rank(), lhsContract, lhsBatch);
    int[] rhsFree = free(rhs.rank(), rhsContract, rhsBatch);
    Shape batch = Axes.lengths(lhs.shape(), lhsBatch);
    Shape contract = Axes.lengths(lhs.shape(), lhsContract);
    Shape left = Axes.lengths(lhs.shape(), lhsFree);
    Shape right = Axes.lengths(rhs.shape(), rhsFree);
    Shape shape = batch.concat(left).concat(right);
    DType dtype = DType.promote(lhs.dtype(), rhs.dtype());
    MatrixProduct sizes =
        new MatrixProduct(batch.size(), left.size(), contract.size(), right.size());
    if (dtype.isFloating() && dtype != DType.FLOAT64 && sizes.batch() == 1) {
      Kernels kernels = KernelChoice.current().kernels();
      LeftOperand a =
          LeftOperand.of(
              lhs,
              concat(lhsBatch, lhsFree, lhsContract),
              lhsContract.length,
              sizes.inner(),
              dtype,
              kernels);
      RightOperand b =
          RightOperand.of(
              rhs, concat(rhsBatch, rhsContract, rhsFree), rhsFree.length, sizes, dtype, kernels);
      Epilogue epilogue =
          inputs.size() < 3
              ? Epilogue.NONE
              : new Epilogue(Roundings.of(dtype), inputs.get(2).storage().floats(), 1);
      Storage product = new FloatProduct(kernels, sizes, a, b.packed(), epilogue, dtype).run();
      a.release();
      b.release();
      return Array.wrap(product, shape);
    }
    Storage a = arrange(lhs, concat(lhsBatch, lhsFree, lhsContract));
    Storage b = arrange(rhs, concat(rhsBatch, rhsContract, rhsFree));
    return Array.wrap(MatrixProduct.multiply(a, b, sizes, dtype), shape);
  }

  /**
   * The cotangents are products: that of {@code lhs} contracts the free axes of {@code rhs}, that
   * of {@code rhs} the free axes of {@code lhs}; that of the bias is a sum over the free axes of
   * {@code lhs}.
   */
  @Override
  public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
    Array lhs = call.input(0);
    Array rhs = call.input(1);
    Factor left = new Factor(lhs, lhsContract, lhsBatch, free(lhs.rank(), lhsContract, lhsBatch));
    Factor right = new Factor(rhs, rhsContract, rhsBatch, free(rhs.rank(), rhsContract, rhsBatch));
    int batch = lhsBatch.length;
    int[] rows = Axes.range(batch, left.free.length);
    int[] cols = Axes.range(batch + rows.length, right.free.length);
    List<@Nullable Array> all = new ArrayList<>();
    all.add(call.wants(0) ? left.derivative(cotangent, cols, right) : null);
    all.add(call.wants(1) ? right.derivative(cotangent, rows, left) : null);
    if (call.inputs().size() == 3) {
      Shape bias = call.input(2).shape();
      all.add(call.wants(2) ? Gradients.unbroadcast(cotangent, bias) : null);
    }
    return all;
  }

  /** An operand and the roles of its axes. */
  private record Factor(Array array, int[] contract, int[] batch, int[] free) {

    /**
     * This operand's cotangent: the product of the output's cotangent and the other operand. The
     * order of the factors avoids a transpose of the result where possible and changes no bit.
     *
     * @param contracted axes of the cotangent that are the other operand's
     */
    Array derivative(Array cotangent, int[] contracted, Factor other) {
      int[] shared = Axes.first(batch.length);
      int[] own = partners(other);
      int[] ownFirst = concat(batch, own, free); // axes of this operand
      int[] freeFirst = concat(batch, free, own);
      boolean otherFirst = Axes.areInOrder(ownFirst);
      Array product =
          otherFirst
              ? Op.run(
                  new DotGeneral(other.free, contracted, other.batch, shared),
                  other.array,
                  cotangent)
              : Op.run(
                  new DotGeneral(contracted, other.free, shared, other.batch),
                  cotangent,
                  other.array);
      int[] order = Axes.inverse(otherFirst ? ownFirst : freeFirst);
      return Cast.astype(Transpose.transpose(product, order), array.dtype());
    }

    /** This operand's contracted axes in the order of the other's. */
    private int[] partners(Factor other) {
      int[] sorted = other.contract.clone();
      Arrays.sort(sorted);
      int[] own = new int[sorted.length];
      for (int i = 0; i < own.length; i++) {
        own[Arrays.binarySearch(sorted, other.contract[i])] = contract[i];
      }
      return own;
    }
  }

  private static int[] free(int rank, int[] contract, int[] batch) {
    return Axes.others(Axes.concat(contract, batch), rank);
  }

  private static int[] concat(int[] first, int[] second, int[] third) {
    return Axes.concat(Axes.concat(first, second), third);
  }

  /** The elements with permuted axes, without a copy for the identity. */
  private static Storage arrange(Array array, int[] order) {
    return Axes.areInOrder(order) ? array.storage() : Transpose.transpose(array, order).storage();
  }
}
