package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** {@code heddle bench} from the arguments to the files, with short measurements. */
class BenchTest {
  @TempDir Path folder;

  @Test
  void measuresARowAndWritesWhatWasAskedFor() throws Exception {
    Path json = folder.resolve("results.json");
    Path markdown = folder.resolve("results.md");
    Path svg = folder.resolve("results.svg");
    String out =
        run(
            "bench",
            "--rows",
            "tiny",
            "--engines",
            "heddle",
            "--seconds",
            "0.05",
            "--json",
            json,
            "--markdown",
            markdown,
            "--svg",
            svg);

    assertThat(out).contains("tiny: batch 2, length 16, features 32, heads 4\n", "  heddle  ");
    Map<?, ?> report = read(json);
    assertThat(report.keySet().toString())
        .isEqualTo("[machine, settings, results, standings, left_out]");
    Map<?, ?> machine = (Map<?, ?>) report.get("machine");
    assertThat((double) machine.get("load_average")).isGreaterThanOrEqualTo(-1);
    assertThat((double) machine.get("fma_gflops")).isGreaterThan(0.1);
    assertThat(machine.get("threads")).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(report.get("left_out")).isEqualTo(List.of());
    Map<?, ?> result = (Map<?, ?>) ((List<?>) report.get("results")).getFirst();
    assertThat(result.keySet().toString())
        .startsWith("[row, engine, dtype, threads, best_ms, median_ms,");
    assertThat(result.get("row")).isEqualTo("tiny");
    assertThat(result.get("engine")).isEqualTo("heddle");
    assertThat(result.get("dtype")).isEqualTo("float32");
    assertThat((double) result.get("best_ms"))
        .isPositive()
        .isLessThanOrEqualTo((double) result.get("median_ms"));
    assertThat((double) result.get("difference")).isZero();
    assertThat((double) result.get("limit_ms")).isPositive();
    assertThat(result.get("output_bytes")).isEqualTo(2 * 16 * 32 * 4);
    assertThat((int) result.get("allocated_bytes")).isGreaterThanOrEqualTo(2 * 16 * 32 * 4);
    assertThat((int) result.get("extra_heap_bytes")).isNotNegative();
    assertThat((int) result.get("collections")).isNotNegative();
    assertThat(report.get("standings")).isEqualTo(List.of());
    assertThat(Files.readString(markdown)).contains("| row | | heddle |", "| tiny | batch 2,");
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(svg.toFile())
                .getElementsByTagName("rect")
                .getLength())
        .as("the paper and one bar")
        .isEqualTo(2);
  }

  @Test
  void whoIsNotHereIsNamedWithTheReason() throws IOException {
    Path json = folder.resolve("results.json");
    String out =
        run(
            "bench",
            "--rows",
            "tiny",
            "--engines",
            "ort-java,flax",
            "--seconds",
            "0.05",
            "--json",
            json);

    assertThat(out)
        .contains(
            "left out: ort-java: its library is not on the class path; ./heddle bench adds it\n",
            "left out: flax: the path of its Python is set only by ./heddle bench\n");
    Map<?, ?> report = read(json);
    assertThat(report.get("results")).isEqualTo(List.of());
    assertThat((List<?>) report.get("left_out")).hasSize(2);
    assertThat(((List<?>) report.get("left_out")).getLast())
        .hasToString("{engine=flax, reason=the path of its Python is set only by ./heddle bench}");
  }

  @Test
  void whoDiesInARowIsLeftOutOfItAndBackInTheNext() throws IOException {
    Path json = folder.resolve("results.json");
    String out =
        run(
            "bench",
            "--rows",
            "tiny,mid",
            "--engines",
            "djl-pytorch,heddle",
            "--seconds",
            "0.01",
            "--json",
            json);

    String reason = "its process ended, status " + Brittle.STATUS + ": not an answer";
    assertThat(out).contains("left out: djl-pytorch in tiny: " + reason + "\n");
    Map<?, ?> report = read(json);
    assertThat((List<?>) report.get("left_out"))
        .hasToString("[{engine=djl-pytorch, row=tiny, reason=" + reason + "}]");
    assertThat((List<?>) report.get("results"))
        .extracting(
            result -> ((Map<?, ?>) result).get("row") + " " + ((Map<?, ?>) result).get("engine"))
        .containsExactly("tiny heddle", "mid djl-pytorch", "mid heddle");
    assertThat((List<?>) report.get("standings")).hasSize(1);
  }

  @Test
  void whoComputesForwardOnlyIsLeftOutOfRowsThereAndBack() throws IOException {
    Path json = folder.resolve("results.json");
    String out =
        run(
            "bench",
            "--rows",
            "bert-train",
            "--engines",
            "djl-pytorch,heddle",
            "--seconds",
            "0.01",
            "--json",
            json);

    assertThat(out)
        .contains(
            "bert-train: batch 8, length 128, features 768, heads 12, forward and backward\n",
            "left out: djl-pytorch in bert-train: its TorchScript program computes only the forward pass;"
                + " torch is the same library\n");
    Map<?, ?> report = read(json);
    Map<?, ?> result = (Map<?, ?>) ((List<?>) report.get("results")).getFirst();
    assertThat(result.get("engine")).isEqualTo("heddle");
    int parameters = 4 * (768 * 768 + 768);
    assertThat(result.get("output_bytes")).isEqualTo(4 * (2 * 8 * 128 * 768 + parameters));
  }

  private static String run(Object... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            Arrays.stream(words).map(Object::toString).toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(status).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Map<?, ?> read(Path file) throws IOException {
    try (JsonParser json =
        new JsonFactory().createParser(ObjectReadContext.empty(), Files.readString(file))) {
      json.nextToken();
      return (Map<?, ?>) value(json);
    }
  }

  /** The value that begins at the parser's token. */
  private static Object value(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          object.put(name, value(json));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(json));
        }
        yield array;
      }
      case VALUE_NUMBER_INT -> json.getIntValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      default -> json.getString();
    };
  }
}
