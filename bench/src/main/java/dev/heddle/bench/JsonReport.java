package dev.heddle.bench;

import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The findings as JSON: {@code machine}, {@code results} and {@code left_out}, a result a line.
 *
 * <pre>{@code
 * {"row": "bert", "engine": "heddle", "dtype": "float32", "threads": 2, "best_ms": 1.0,
 *  "median_ms": 1.1, "calls": 200, "fma_share": 0.8, "difference": 0.0}
 * }</pre>
 */
final class JsonReport {
  private JsonReport() {}

  static String of(Findings findings) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      machine(json, findings.machine());
      json.writeRaw('\n');
      json.writeArrayPropertyStart("results");
      findings.results().forEach(result -> result(json, result));
      json.writeEndArray();
      json.writeRaw('\n');
      json.writeArrayPropertyStart("left_out");
      findings.leftOut().forEach(one -> leftOut(json, one));
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return text.toString().replace("\n,", ",\n"); // no string holds a line's end as it is
  }

  private static void machine(JsonGenerator json, Machine machine) {
    json.writeObjectPropertyStart("machine");
    json.writeStringProperty("cpu", machine.cpu());
    json.writeNumberProperty("processors", machine.processors());
    json.writeNumberProperty("threads", machine.threads());
    json.writeNumberProperty("load_average", machine.load());
    json.writeStringProperty("system", machine.system());
    json.writeStringProperty("java", machine.java());
    json.writeStringProperty("heddle", machine.heddle());
    json.writeStringProperty("kernels", machine.kernels());
    json.writeNumberProperty("fma_gflops", machine.fmaGflops());
    json.writeObjectPropertyStart("engines");
    machine.engines().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void result(JsonGenerator json, Result result) {
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringProperty("row", result.row().label());
    json.writeStringProperty("engine", result.engine());
    json.writeStringProperty("dtype", result.dtype().toString());
    json.writeNumberProperty("threads", result.threads());
    json.writeNumberProperty("best_ms", result.bestMs());
    json.writeNumberProperty("median_ms", result.medianMs());
    json.writeNumberProperty("calls", result.calls());
    json.writeNumberProperty("fma_share", result.fmaShare());
    json.writeNumberProperty("difference", result.difference());
    json.writeEndObject();
  }

  private static void leftOut(JsonGenerator json, LeftOut one) {
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
