package dev.heddle.cli;

import dev.heddle.array.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code heddle bench} was asked to measure.
 *
 * @param rows names of {@link #ROWS}, each once
 * @param engines names of {@link #ENGINES}, each once
 * @param dtype the floating type of inputs, parameters and arithmetic
 * @param seconds the time for one row, warm-up not counted, all engines together
 * @param json where the results go
 * @param markdown where a table goes, if anywhere
 * @param svg where a chart goes, if anywhere
 */
public record BenchRequest(
    List<String> rows,
    List<String> engines,
    DType dtype,
    double seconds,
    Path json,
    @Nullable Path markdown,
    @Nullable Path svg) {
  /**
   * The rows that are measured where none are named, the smallest first; forward, then training.
   */
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
