package dev.heddle.bench;

import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * The speed of every operation as a Markdown page: a table for each class of operations. Operations
 * that are ten times slower than the median of their table have a reason below it.
 */
record OperationReport(Machine machine, double seconds, List<OperationResult> results) {
  /** An operation that is slower than the median by this factor needs a reason. */
  private static final double SLOW = 10;

  private static final String NO_REASON = "**no reason known**";

  /** The page with every operation, dtype and size. */
  String page() {
    StringBuilder page = new StringBuilder("# Speed of every operation\n\n");
    page.append(
        Text.format(
            "Made by `./heddle bench --operations --markdown docs/performance.md`; %.3g seconds per"
                + " number.\n"
                + "%s, %d of %d processors, load %.1f before the run, %.0f GF/s at the limit of"
                + " fused multiply-adds.\n"
                + "%s, on %s. Kernels %s.\n\n",
            seconds,
            machine.cpu(),
            machine.threads(),
            machine.processors(),
            machine.load(),
            machine.fmaGflops(),
            machine.java(),
            machine.system(),
            machine.kernels()));
    page.append(
        """
        Each cell has two numbers: one for a small input of 64 x 64, where the overhead of a call dominates, and one for a large input of
        1024 x 1024 (products and attention 256 x 256, attention of 256 positions in 4 heads). They are GB/s of all inputs and
        the output, and **GF/s** in the tables of products and attention. The backward pass is the pullback to the first input
        only, and its work is counted as that of the forward pass: products do more, so fewer GF/s are expected there.

        An operation that is ten times slower than the median of its table, in its dtype and pass, has a note. Two reasons apply to all tables:

        - **float64** uses vectors in products of matrices only; attention and functions, those of `StrictMath`, are scalar.
        - **int32** is computed as 64-bit integers, in scalar loops; 16-bit types are converted to float32 and back.

        """);
    groups().forEach((group, ours) -> table(page, group, ours));
    return page.toString();
  }

  private SequencedMap<String, List<OperationResult>> groups() {
    SequencedMap<String, List<OperationResult>> groups = new LinkedHashMap<>();
    for (OperationResult result : results) {
      groups.computeIfAbsent(result.operation().group(), key -> new ArrayList<>()).add(result);
    }
    return groups;
  }

  private static void table(StringBuilder page, String group, List<OperationResult> all) {
    List<DType> forward =
        Arrays.stream(DType.values()).filter(dtype -> has(all, dtype, false)).toList();
    List<DType> backward =
        Arrays.stream(DType.values()).filter(dtype -> has(all, dtype, true)).toList();
    boolean isProduct = all.getFirst().operation().isProduct();
    page.append("## ").append(group).append(isProduct ? ", GF/s\n\n" : ", GB/s\n\n");
    page.append("| | ").append(headings(forward, ""));
    page.append(backward.isEmpty() ? "" : " | " + headings(backward, "backward "));
    page.append(" |\n|---").append("|---".repeat(forward.size() + backward.size())).append("|\n");
    List<String> notes = new ArrayList<>();
    for (Operation operation : all.stream().map(OperationResult::operation).distinct().toList()) {
      page.append("| `").append(operation.method()).append("`");
      forward.forEach(
          dtype -> page.append(" | ").append(cell(all, operation, dtype, false, notes)));
      backward.forEach(
          dtype -> page.append(" | ").append(cell(all, operation, dtype, true, notes)));
      page.append(" |\n");
    }
    page.append('\n');
    notes.stream().distinct().forEach(note -> page.append("- ").append(note).append('\n'));
    page.append(notes.isEmpty() ? "" : "\n");
  }

  private static boolean has(List<OperationResult> all, DType dtype, boolean backward) {
    return all.stream().anyMatch(one -> one.dtype() == dtype && one.backward() == backward);
  }

  private static String headings(List<DType> dtypes, String pass) {
    return dtypes.stream().map(dtype -> pass + dtype).collect(Collectors.joining(" | "));
  }

  private static String cell(
      List<OperationResult> all,
      Operation operation,
      DType dtype,
      boolean backward,
      List<String> notes) {
    List<String> numbers = new ArrayList<>();
    for (boolean small : new boolean[] {true, false}) {
      Optional<OperationResult> found =
          all.stream()
              .filter(one -> one.operation().equals(operation) && one.isSmall() == small)
              .filter(one -> one.dtype() == dtype && one.backward() == backward)
              .findFirst();
      if (found.isPresent()) {
        double rate = found.get().rate();
        boolean isSlow = rate * SLOW < median(all, dtype, backward, small);
        numbers.add(number(rate) + (isSlow ? " \\*" : ""));
        if (isSlow) {
          String reason = operation.reason().isEmpty() ? NO_REASON : operation.reason();
          notes.add("\\* `" + operation.method() + "`: " + reason);
        }
      }
    }
    return numbers.isEmpty() ? "-" : String.join(" / ", numbers);
  }

  /** The median of the table. */
  private static double median(
      List<OperationResult> all, DType dtype, boolean backward, boolean small) {
    double[] rates =
        all.stream()
            .filter(one -> one.dtype() == dtype && one.backward() == backward)
            .filter(one -> one.isSmall() == small)
            .mapToDouble(OperationResult::rate)
            .sorted()
            .toArray();
    return rates[(rates.length - 1) / 2];
  }

  private static String number(double rate) {
    return Text.format(rate < 10 ? "%.2g" : "%.0f", rate);
  }
}
