package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.DType;
import dev.heddle.cli.BenchRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** The reports of one run, word for word. */
class ReportsTest {
  private static final Memory MEMORY = new Memory(3_149_824, 3_145_728, 9_437_184, 0);

  private static final List<Result> RESULTS =
      List.of(
          result(Row.BERT, "heddle", 12.5, 13, 10, 0, MEMORY),
          result(Row.BERT, "ort", 15, 15.25, 10, 1.2e-6, null),
          result(Row.BERT, "flax", 25, 26, 10, 1.2e-6, null),
          result(Row.LONG, "flax", 480, 500.25, 60, 1.2e-6, null));

  private static final BenchmarkResults FINDINGS =
      new BenchmarkResults(
          machine(),
          DType.FLOAT32,
          10,
          RESULTS,
          List.of(
              new SkippedEngine("torch", null, "no Python environment"),
              new SkippedEngine("ort", Row.LONG, "its process ended, status 137: no output")));

  @Test
  void json() {
    assertThat(JsonReport.of(FINDINGS))
        .isEqualTo(
            """
            {"machine":{"cpu":"Abacus <8>","processors":4,"threads":2,"placement":"all processors","load_average":0.25,\
            "system":"Linux 6 amd64","java":"A JVM, 25","heddle":"1.0","kernels":"simd512: the widest",\
            "fma_gflops":490.0,"java_options":["-Xmx2g"],\
            "engines":{"heddle":"Heddle 1.0","ort":"ONNX Runtime 2"}},
            "settings":{"dtype":"float32","threads":2,"seconds":10.0},
            "results":[
            {"row":"bert","engine":"heddle","dtype":"float32","threads":2,"best_ms":12.5,\
            "median_ms":13.0,"calls":200,"limit_ms":10.0,"fma_share":0.8,"difference":0.0,"ratio":1.0,\
            "allocated_bytes":3149824,"output_bytes":3145728,"extra_heap_bytes":9437184,\
            "collections":0},
            {"row":"bert","engine":"ort","dtype":"float32","threads":2,"best_ms":15.0,\
            "median_ms":15.25,"calls":200,"limit_ms":10.0,"fma_share":0.6666666666666666,\
            "difference":1.2E-6,"form":"Attention-23","ratio":1.2},
            {"row":"bert","engine":"flax","dtype":"float32","threads":2,"best_ms":25.0,\
            "median_ms":26.0,"calls":200,"limit_ms":10.0,"fma_share":0.4,\
            "difference":1.2E-6,"ratio":2.0},
            {"row":"long","engine":"flax","dtype":"float32","threads":2,"best_ms":480.0,\
            "median_ms":500.25,"calls":200,"limit_ms":60.0,"fma_share":0.125,\
            "difference":1.2E-6}],
            "standings":[
            {"row":"bert","fastest_peer":"ort","ratio":1.2}],
            "left_out":[
            {"engine":"torch","reason":"no Python environment"},
            {"engine":"ort","row":"long","reason":"its process ended, status 137: no output"}]}
            """);
  }

  @Test
  void markdown() {
    assertThat(MarkdownReport.of(FINDINGS))
        .isEqualTo(
            """
            # Heddle and its peers

            Abacus <8>, 2 of 4 processors, load 0.3 before the run, 490 GF/s at the limit of fused \
            multiply-adds. A JVM, 25, on Linux 6 amd64. Kernels simd512: the widest. float32, \
            10.0 seconds a row.

            Best and median of many calls in milliseconds, and the share of that limit that the best \
            one reaches; all engines in one run, in turn, with outputs that agree.

            | row | | heddle | ort | flax | fastest peer / Heddle |
            |---|---|---|---|---|---|
            | bert | batch 8, length 128, features 768, heads 12 | 12.50 (13.00), 80 % \
            | 15.00 (15.25), 67 % | 25.00 (26.00), 40 % | 1.20 |
            | long | batch 1, length 4096, features 512, heads 8, causal | - | - \
            | 480.0 (500.3), 13 % | - |

            | row | ms at the limit | Heddle's share | a call allocates | its output | extra heap \
            | collections |
            |---|---|---|---|---|---|---|
            | bert | 10.00 | 80 % | 3.0 MB | 3.0 MB | 9.0 MB | 0 |

            - `heddle`: Heddle 1.0
            - `ort`: ONNX Runtime 2
            - `ort` in bert: Attention-23
            - left out: torch: no Python environment
            - left out: ort in long: its process ended, status 137: no output
            """);
  }

  @Test
  void chart() {
    assertThat(Chart.of(FINDINGS))
        .isEqualTo(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 202" width="760" height="202">
            <style>
              rect { fill: #9aa5b1 } .heddle { fill: #2f7d6d } .paper { fill: #ffffff }
              text { font: 12px sans-serif; fill: #24292f } .row { font-weight: bold } .note { fill: #6b7280 }
            </style>
            <rect class="paper" width="760" height="202"/>
            <text class="row" x="10" y="28">bert: batch 8, length 128, features 768, heads 12</text>
            <text class="engine" x="10" y="54">heddle</text>
            <rect class="heddle" x="110" y="40" width="240.0" height="18"/>
            <text class="time" x="354" y="54">12.50 ms</text>
            <text class="engine" x="10" y="76">ort</text>
            <rect class="ort" x="110" y="62" width="288.0" height="18"/>
            <text class="time" x="402" y="76">15.00 ms</text>
            <text class="engine" x="10" y="98">flax</text>
            <rect class="flax" x="110" y="84" width="480.0" height="18"/>
            <text class="time" x="594" y="98">25.00 ms</text>
            <text class="row" x="10" y="128">long: batch 1, length 4096, features 512, heads 8, causal</text>
            <text class="engine" x="10" y="154">flax</text>
            <rect class="flax" x="110" y="140" width="480.0" height="18"/>
            <text class="time" x="594" y="154">480.0 ms</text>
            <text class="note" x="10" y="184">Best time of a call. Abacus &lt;8>, threads: 2; A JVM, 25</text>
            </svg>
            """);
  }

  @Test
  void terminal() {
    var bytes = new ByteArrayOutputStream();
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var request =
        new BenchRequest(
            List.of("bert"), List.of("heddle"), DType.FLOAT32, 10, Path.of("f.json"), null, null);
    TerminalTable.machine(machine(), request, out);
    TerminalTable.row(Row.BERT, 10, out);
    TerminalTable.results(Row.BERT, RESULTS, out);
    TerminalTable.results(Row.MID, RESULTS, out);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            cpu     Abacus <8>, 4 processors
            place   all processors
            load    0.3 before the run
            limit   490 GF/s of fused multiply-adds, threads: 2
            java    A JVM, 25, on Linux 6 amd64
            options -Xmx2g
            kernels simd512: the widest
            setting float32, 10.0 seconds a row
            heddle      Heddle 1.0
            ort         ONNX Runtime 2

            bert: batch 8, length 128, features 768, heads 12
              5.23 GF of arithmetic: 10.00 ms at the limit
              engine         best ms   median ms   FMA limit   calls   apart   to Heddle
              heddle           12.50       13.00        80 %     200   0e+00        1.00
              ort              15.00       15.25        67 %     200   1e-06        1.20
              flax             25.00       26.00        40 %     200   1e-06        2.00
              ort computes with Attention-23
              ort, the fastest peer, takes 1.20 times as long as Heddle
              a call of Heddle allocates 3.0 MB, its output is 3.0 MB; extra heap at most 9.0 MB, \
            collections: 0
            """);
  }

  private static Result result(
      Row row,
      String engine,
      double best,
      double median,
      double limit,
      double difference,
      @org.jspecify.annotations.Nullable Memory memory) {
    String form = engine.equals("ort") ? "Attention-23" : "";
    return new Result(
        row, engine, DType.FLOAT32, 2, best, median, 200, limit, difference, form, memory);
  }

  private static Machine machine() {
    SequencedMap<String, String> engines = new LinkedHashMap<>();
    engines.put("heddle", "Heddle 1.0");
    engines.put("ort", "ONNX Runtime 2");
    return new Machine(
        "Abacus <8>",
        4,
        2,
        "all processors",
        0.25,
        "Linux 6 amd64",
        "A JVM, 25",
        "1.0",
        "simd512: the widest",
        490,
        List.of("-Xmx2g"),
        engines);
  }
}
