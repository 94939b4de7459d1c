package dev.heddle.cli;

import dev.heddle.array.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code heddle bench}.
 *
 * @param rows names of {@link #ROWS}, each once
 * @param engines names of {@link #ENGINES}, each once
 * @param dtype the floating type of inputs, parameters and arithmetic
 * @param seconds the time per row, all engines together, without warm-up
 * @param json the file for the results
 * @param markdown the file for a table, or null
 * @param svg the file for a chart, or null
 */
public record BenchRequest(
    List<String> rows,
    List<String> engines,
    DType dtype,
    double seconds,
    Path json,
    @Nullable Path markdown,
    @Nullable Path svg) {
  /** The rows that are measured by default, the smallest first; forward, then training. */
  public static final List<String> USUAL_ROWS =
      List.of("tiny", "bert", "mid", "gpt", "long", "bert-train", "gpt-train", "lm-step");

  /** The rows that can be measured. */
  public static final List<String> ROWS =
      Stream.concat(USUAL_ROWS.stream(), Stream.of("long-train")).toList();

  /** Heddle and its peers. */
  public static final List<String> ENGINES =
      List.of("heddle", "ort-java", "djl-pytorch", "openvino", "flax", "torch", "ort");

  /** Copies the lists. */
  public BenchRequest {
    rows = List.copyOf(rows);
    engines = List.copyOf(engines);
  }
}
