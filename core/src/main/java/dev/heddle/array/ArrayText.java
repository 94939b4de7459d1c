package dev.heddle.array;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Formats arrays as NumPy does: nested brackets, a line for each row, and for more than {@link
 * #MAX_SIZE} elements only the first and last three along each axis.
 *
 * <pre>
 * float32[2, 3]
 * [[ 1.0, 2.5, -3.0],
 *  [10.0, 0.0,  4.0]]
 * </pre>
 */
final class ArrayText {
  /** Larger arrays are summarized; NumPy's threshold. */
  private static final int MAX_SIZE = 1000;

  private static final int EDGE = 3;
  private static final int GAP = -1;

  private final Array array;
  private final boolean isSummary;

  private ArrayText(Array array) {
    this.array = array;
    isSummary = array.shape().count() > MAX_SIZE;
  }

  /** The text of an array; its type and shape alone if its elements are not computed yet. */
  static String of(Array array) {
    Array plain = array;
    while (plain.tracer() != null) {
      plain = plain.primal();
    }
    String head = array.dtype() + array.shape().toString();
    ArrayText text = new ArrayText(plain);
    if (text.isSummary && plain.pattern() != null && !plain.isRead()) {
      return head;
    }
    if (array.rank() == 0) {
      return head + " " + elements(plain)[0];
    }
    String separator = array.rank() == 1 ? " " : "\n";
    return head + separator + text.nested();
  }

  private String nested() {
    List<String[]> rows = new ArrayList<>();
    collect(new int[0], rows);
    int width = rows.stream().flatMap(Arrays::stream).mapToInt(String::length).max().orElse(0);
    return text(new int[0], rows.iterator(), array.rank() == 1 ? 0 : width);
  }

  /** The rows along the last axis that are shown, in order. */
  private void collect(int[] lead, List<String[]> rows) {
    if (array.shape().count() == 0) {
      return;
    }
    if (lead.length == array.rank() - 1) {
      rows.add(row(lead));
      return;
    }
    for (int index : shown(array.shape().dim(lead.length))) {
      if (index != GAP) {
        collect(and(lead, index), rows);
      }
    }
  }

  private String[] row(int[] lead) {
    int[] shown = shown(array.shape().dim(-1));
    return isSummary
        ? Arrays.stream(shown)
            .mapToObj(i -> i == GAP ? "..." : elements(array.get(and(lead, i)))[0])
            .toArray(String[]::new)
        : elements(lead.length == 0 ? array : array.get(lead));
  }

  private String text(int[] lead, Iterator<String[]> rows, int width) {
    if (array.shape().count() == 0) {
      return "[]";
    }
    if (lead.length == array.rank() - 1) {
      return Arrays.stream(rows.next())
          .map(each -> " ".repeat(Math.max(0, width - each.length())) + each)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    int below = array.rank() - lead.length - 1; // axes within one entry
    String separator = "," + "\n".repeat(below) + " ".repeat(lead.length + 1);
    return Arrays.stream(shown(array.shape().dim(lead.length)))
        .mapToObj(i -> i == GAP ? "..." : text(and(lead, i), rows, width))
        .collect(Collectors.joining(separator, "[", "]"));
  }

  /** The indices of an axis that are shown, with {@link #GAP} in place of the others. */
  private int[] shown(int dim) {
    return isSummary && dim > 2 * EDGE
        ? IntStream.concat(IntStream.of(0, 1, 2, GAP), IntStream.range(dim - EDGE, dim)).toArray()
        : IntStream.range(0, dim).toArray();
  }

  private static int[] and(int[] lead, int index) {
    int[] longer = Arrays.copyOf(lead, lead.length + 1);
    longer[lead.length] = index;
    return longer;
  }

  private static String[] elements(Array some) {
    return switch (some.dtype()) {
      case FLOAT32, BFLOAT16, FLOAT16 -> {
        float[] values = some.toFloatArray();
        yield IntStream.range(0, values.length)
            .mapToObj(i -> Float.toString(values[i]))
            .toArray(String[]::new);
      }
      case FLOAT64 ->
          Arrays.stream(some.toDoubleArray()).mapToObj(Double::toString).toArray(String[]::new);
      case INT32, INT64, UINT8, UINT32 ->
          Arrays.stream(some.toLongArray()).mapToObj(Long::toString).toArray(String[]::new);
      case BOOL -> {
        boolean[] values = some.toBooleanArray();
        yield IntStream.range(0, values.length)
            .mapToObj(i -> Boolean.toString(values[i]))
            .toArray(String[]::new);
      }
    };
  }
}
