package dev.heddle.cli;

import dev.heddle.array.DType;
import java.nio.file.Path;
import java.util.List;
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
  /** The rows that can be measured, the smallest first. */
  public static final List<String> ROWS = List.of("tiny", "bert", "mid", "gpt", "long");

  /** Heddle and its peers. */
  public static final List<String> ENGINES =
      List.of("heddle", "ort-java", "djl-pytorch", "flax", "torch", "ort");

  /** Copies the lists. */
  public BenchRequest {
    rows = List.copyOf(rows);
    engines = List.copyOf(engines);
  }
}
