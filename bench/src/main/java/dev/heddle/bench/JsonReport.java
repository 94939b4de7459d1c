package dev.heddle.bench;

import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The results as JSON, one per line. {@code ratio} is the engine's best time divided by Heddle's;
 * {@code form} is the selected implementation, where the engine has several; memory is reported
 * only for Heddle.
 *
 * <pre>{@code
 * {"machine": {"cpu": "...", "processors": 2, "fma_gflops": 490.0, ...},
 *  "settings": {"dtype": "float32", "threads": 2, "seconds": 10.0},
 *  "results": [{"row": "bert", "engine": "heddle", "dtype": "float32", "threads": 2, "best_ms": 1.0,
 *    "median_ms": 1.1, "calls": 200, "limit_ms": 0.8, "fma_share": 0.8, "difference": 0.0,
 *    "ratio": 1.0, "allocated_bytes": 3149824, "output_bytes": 3145728, "extra_heap_bytes": 9437184,
 *    "collections": 0}, ...],
 *  "standings": [{"row": "bert", "fastest_peer": "ort", "ratio": 1.2}, ...],
 *  "left_out": [{"engine": "flax", "row": "bert", "reason": "..."}, ...]}
 * }</pre>
 */
final class JsonReport {
  private JsonReport() {}

  static String of(BenchmarkResults findings) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      machine(json, findings.machine());
      json.writeRaw('\n');
      json.writeObjectPropertyStart("settings");
      json.writeStringProperty("dtype", findings.dtype().toString());
      json.writeNumberProperty("threads", findings.machine().threads());
      json.writeNumberProperty("seconds", findings.seconds());
      json.writeEndObject();
      json.writeRaw('\n');
      json.writeArrayPropertyStart("results");
      findings.results().forEach(result -> result(json, result, findings.of(result.row())));
      json.writeEndArray();
      json.writeRaw('\n');
      json.writeArrayPropertyStart("standings");
      findings.standings().forEach(standing -> standing(json, standing));
      json.writeEndArray();
      json.writeRaw('\n');
      json.writeArrayPropertyStart("left_out");
      findings.leftOut().forEach(one -> leftOut(json, one));
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return text.toString().replace("\n,", ",\n"); // strings contain no unescaped line breaks
  }

  private static void machine(JsonGenerator json, Machine machine) {
    json.writeObjectPropertyStart("machine");
    json.writeStringProperty("cpu", machine.cpu());
    json.writeNumberProperty("processors", machine.processors());
    json.writeNumberProperty("threads", machine.threads());
    json.writeStringProperty("placement", machine.placement());
    json.writeNumberProperty("load_average", machine.load());
    json.writeStringProperty("system", machine.system());
    json.writeStringProperty("java", machine.java());
    json.writeStringProperty("heddle", machine.heddle());
    json.writeStringProperty("kernels", machine.kernels());
    json.writeNumberProperty("fma_gflops", machine.fmaGflops());
    json.writeArrayPropertyStart("java_options");
    machine.javaOptions().forEach(json::writeString);
    json.writeEndArray();
    json.writeObjectPropertyStart("engines");
    machine.engines().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void result(JsonGenerator json, Result result, List<Result> row) {
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringProperty("row", result.row().label());
    json.writeStringProperty("engine", result.engine());
    json.writeStringProperty("dtype", result.dtype().toString());
    json.writeNumberProperty("threads", result.threads());
    json.writeNumberProperty("best_ms", result.bestMs());
    json.writeNumberProperty("median_ms", result.medianMs());
    json.writeNumberProperty("calls", result.calls());
    json.writeNumberProperty("limit_ms", result.limitMs());
    json.writeNumberProperty("fma_share", result.fmaShare());
    json.writeNumberProperty("difference", result.difference());
    if (!result.form().isEmpty()) {
      json.writeStringProperty("form", result.form());
    }
    Ranking.ratio(result, row)
        .ifPresent(ratio -> json.writeNumberProperty("ratio", ratio.doubleValue()));
    @Nullable Memory memory = result.memory();
    if (memory != null) {
      json.writeNumberProperty("allocated_bytes", memory.allocatedBytes());
      json.writeNumberProperty("output_bytes", memory.outputBytes());
      json.writeNumberProperty("extra_heap_bytes", memory.extraHeapBytes());
      json.writeNumberProperty("collections", memory.collections());
    }
    json.writeEndObject();
  }

  private static void standing(JsonGenerator json, Ranking standing) {
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringProperty("row", standing.row().label());
    json.writeStringProperty("fastest_peer", standing.peer());
    json.writeNumberProperty("ratio", standing.ratio());
    json.writeEndObject();
  }

  private static void leftOut(JsonGenerator json, SkippedEngine one) {
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringProperty("engine", one.engine());
    if (one.row() != null) {
      json.writeStringProperty("row", one.row().label());
    }
    json.writeStringProperty("reason", one.reason());
    json.writeEndObject();
  }
}
