package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle inspect}: lists the content of tensor files. */
final class InspectCommand implements Command {
  private static final String PLAN = "config/";
  private static final List<String> HEAD = List.of("name", "dtype", "shape", "size", "bytes");

  @Override
  public void declare(CommandSpec spec) {
    spec.addPositional(
        Options.positional(
            "FILE|DIR", 0, "A tensor file, or a folder of tensor files.", FileRole.INPUT));
    spec.addOption(Options.flag("--json", "Prints JSON: a list with one object per file."));
    Examples.of(
        spec,
        "heddle inspect V.safetensors",
        "heddle inspect model.msgpack --json",
        "",
        "For a checkpoint of heddle train, the training plan is shown as well.");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    Path path = options.matchedPositionalValue(0, Path.of(""));
    boolean json = options.matchedOptionValue("--json", false);
    List<String> texts = new ArrayList<>();
    for (Path file : files(path)) {
      Checkpoint checkpoint = CheckpointFile.read(file);
      texts.add(json ? json(file, checkpoint) : table(file, checkpoint));
    }
    out.println(
        json
            ? texts.stream().collect(Collectors.joining(",\n ", "[", "]"))
            : String.join("\n\n", texts));
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> all = Files.list(path)) {
      List<Path> files =
          all.filter(file -> file.toString().matches(".*\\.(safetensors|npz|msgpack)"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new FailedException(
            path + ": expected .safetensors, .npz or .msgpack files in the folder, found none");
      }
      return files;
    }
  }

  private static String table(Path file, Checkpoint checkpoint) {
    SequencedMap<String, Array> tensors = checkpoint.tensors();
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    tensors.forEach((name, tensor) ->
        rows.add(
            List.of(
                name,
                tensor.dtype().toString(),
                tensor.shape().toString(),
                number(tensor.size()),
                number(bytes(tensor)))));
    rows.add(List.of("total", "", "", number(size(tensors)), number(bytes(tensors))));
    StringBuilder text = new StringBuilder(file + ": " + number(tensors.size()) + " tensors\n");
    text.append(aligned(rows));
    checkpoint.metadata().forEach((name, value) -> text.append("\n" + name + ": " + value));
    if (isTraining(tensors)) {
      text.append("\nplan: ");
      text.append(
          plan(tensors).entrySet().stream()
              .map(entry -> entry.getKey() + "=" + entry.getValue())
              .collect(Collectors.joining(", ")));
      text.append("\nsteps: ").append(value(tensors.get("step")));
    }
    return text.toString();
  }

  /** Aligns columns, numbers to the right. */
  private static String aligned(List<List<String>> rows) {
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream()
        .map(row ->
            String.format(
                    "%-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %"
                        + widths[3] + "s  %" + widths[4] + "s",
                    row.toArray())
                .stripTrailing())
        .collect(Collectors.joining("\n"));
  }

  private static String json(Path file, Checkpoint checkpoint) {
    SequencedMap<String, Array> tensors = checkpoint.tensors();
    String list =
        tensors.entrySet().stream()
            .map(entry ->
                "{\"name\": %s, \"dtype\": \"%s\", \"shape\": %s, \"size\": %d, \"bytes\": %d}"
                    .formatted(
                        quoted(entry.getKey()),
                        entry.getValue().dtype(),
                        entry.getValue().shape(),
                        entry.getValue().size(),
                        bytes(entry.getValue())))
            .collect(Collectors.joining(",\n  ", "[", "]"));
    String metadata =
        checkpoint.metadata().entrySet().stream()
            .map(entry -> quoted(entry.getKey()) + ": " + quoted(entry.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
    String training =
        isTraining(tensors)
            ? plan(tensors).entrySet().stream()
                .map(entry -> quoted(entry.getKey()) + ": " + jsonValue(entry.getValue()))
                .collect(
                    Collectors.joining(
                        ", ", ", \"step\": " + value(tensors.get("step")) + ", \"plan\": {", "}"))
            : "";
    return "{\"file\": %s, \"tensors\": %s, \"total\": {\"tensors\": %d, \"size\": %d, \"bytes\": %d}, \"metadata\": %s%s}"
        .formatted(
            quoted(file.toString()),
            list,
            tensors.size(),
            size(tensors),
            bytes(tensors),
            metadata,
            training);
  }

  private static boolean isTraining(SequencedMap<String, Array> tensors) {
    return tensors.containsKey("step") && tensors.containsKey(PLAN + "vocabulary");
  }

  /** The training plan by the names of the command line's options, sorted. */
  private static TreeMap<String, String> plan(SequencedMap<String, Array> tensors) {
    TreeMap<String, String> plan = new TreeMap<>();
    tensors.forEach((name, tensor) -> {
      if (name.startsWith(PLAN)) {
        plan.put(
            name.substring(PLAN.length()),
            name.endsWith("dtype") ? tensor.dtype().toString() : value(tensor));
      }
    });
    return plan;
  }

  private static String value(@Nullable Array tensor) {
    if (tensor == null || tensor.size() != 1) {
      return "?";
    }
    return tensor.dtype().isFloating()
        ? Double.toString(tensor.item())
        : Long.toString(tensor.toLongArray()[0]);
  }

  private static String jsonValue(String value) {
    return value.matches("-?[0-9].*") ? value : quoted(value);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private static long size(SequencedMap<String, Array> tensors) {
    return tensors.values().stream().mapToLong(Array::size).sum();
  }

  private static long bytes(SequencedMap<String, Array> tensors) {
    return tensors.values().stream().mapToLong(InspectCommand::bytes).sum();
  }

  private static long bytes(Array tensor) {
    return (long) tensor.size() * tensor.dtype().itemSize();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
