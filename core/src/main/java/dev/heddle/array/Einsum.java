package dev.heddle.array;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Einstein's summation convention, {@code jnp.einsum}.
 *
 * <pre>{@code
 * Einsum.einsum("...qhd,...khd->...hqk", query, key);
 * }</pre>
 *
 * <p>The operands are converted to their common type and contracted from left to right, each pair
 * by one {@link MatMul#dotGeneral}; axes that occur in one operand only and not in the result are
 * summed first ({@link Reduce#sum}). An axis of length 1 broadcasts.
 */
public final class Einsum {
  private Einsum() {}

  /** A contraction of two operands, such as {@link MatMul#dotGeneral}. */
  @FunctionalInterface
  public interface Contraction {
    /**
     * Contracts two operands over some axes, with batch axes.
     *
     * @return axes: batch, then the free ones of {@code lhs}, then those of {@code rhs}
     */
    Array apply(
        Array lhs, Array rhs, int[] lhsContract, int[] rhsContract, int[] lhsBatch, int[] rhsBatch);
  }

  /**
   * The contraction that the spec describes.
   *
   * @param spec letters for the axes of each operand, separated by commas, then {@code ->} and
   *     those of the result; {@code ...} stands for any number of axes; without {@code ->} the
   *     result has the letters that occur once, in alphabetical order
   * @throws IllegalArgumentException if the spec is malformed or does not match the operands
   */
  public static Array einsum(String spec, Array... operands) {
    return einsum(spec, MatMul::dotGeneral, operands);
  }

  /** {@link #einsum(String, Array...)} with a custom contraction. */
  public static Array einsum(String spec, Contraction contraction, Array... operands) {
    EinsumSpec parsed = EinsumSpec.parse(spec, Arrays.stream(operands).map(Array::shape).toList());
    DType dtype = operands[0].dtype();
    for (Array operand : operands) {
      dtype = DType.promote(dtype, operand.dtype());
    }
    Map<String, Integer> lengths = parsed.lengths();
    Term result = null;
    for (int i = 0; i < operands.length; i++) {
      Term term = Term.of(Cast.astype(operands[i], dtype), parsed.operands().get(i), lengths);
      Set<String> needed = new LinkedHashSet<>(parsed.result());
      parsed.operands().subList(i + 1, operands.length).forEach(needed::addAll);
      result = result == null ? term : result.times(term, needed, contraction);
    }
    if (result == null) {
      throw new IllegalStateException("a parsed spec without operands");
    }
    return result.inOrder(parsed.result(), lengths);
  }

  /** An array whose axes have distinct labels. */
  private record Term(Array array, List<String> labels) {

    /** Takes the diagonal for repeated labels and drops axes of length 1 that broadcast. */
    static Term of(Array operand, List<String> labels, Map<String, Integer> lengths) {
      Array array = operand;
      List<String> left = new ArrayList<>(labels);
      for (int i = left.size() - 1; i >= 0; i--) {
        if (array.shape().dim(i) == 1 && lengths.getOrDefault(left.get(i), 1) != 1) {
          array = Reshape.squeeze(array, i);
          left.remove(i);
        }
      }
      for (int i = 0; i < left.size(); i++) {
        int again = left.lastIndexOf(left.get(i));
        if (again != i) {
          String label = left.get(i);
          array = Slice.diagonal(array, i, again);
          left.remove(again);
          left.remove(i);
          left.add(label);
          i = -1; // start over
        }
      }
      return new Term(array, List.copyOf(left));
    }

    Term times(Term other, Set<String> needed, Contraction contraction) {
      Term lhs = without(other.labels, needed);
      Term rhs = other.without(labels, needed);
      List<String> shared = lhs.labels.stream().filter(rhs.labels::contains).toList();
      List<String> batch = shared.stream().filter(needed::contains).toList();
      List<String> contracted = shared.stream().filter(l -> !needed.contains(l)).toList();
      Array product =
          contraction.apply(
              lhs.array,
              rhs.array,
              lhs.axes(contracted),
              rhs.axes(contracted),
              lhs.axes(batch),
              rhs.axes(batch));
      List<String> all = new ArrayList<>(batch);
      lhs.labels.stream().filter(l -> !shared.contains(l)).forEach(all::add);
      rhs.labels.stream().filter(l -> !shared.contains(l)).forEach(all::add);
      return new Term(product, all);
    }

    /** Sums over the axes that neither the other operand nor a later term needs. */
    private Term without(List<String> others, Set<String> needed) {
      List<String> kept =
          labels.stream().filter(l -> others.contains(l) || needed.contains(l)).toList();
      if (kept.size() == labels.size()) {
        return this;
      }
      int[] summed = axes(labels.stream().filter(l -> !kept.contains(l)).toList());
      DType dtype = array.dtype();
      return new Term(Cast.astype(Reduce.sum(array, summed), dtype), kept);
    }

    Array inOrder(List<String> result, Map<String, Integer> lengths) {
      Term summed = without(List.of(), new LinkedHashSet<>(result));
      List<String> present = result.stream().filter(summed.labels::contains).toList();
      Array ordered = Transpose.transpose(summed.array, summed.axes(present));
      if (present.size() == result.size()) {
        return ordered;
      }
      throw new IllegalStateException("labels " + result + " of lengths " + lengths);
    }

    private int[] axes(List<String> wanted) {
      return wanted.stream().mapToInt(labels::indexOf).toArray();
    }
  }
}
