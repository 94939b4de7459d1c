package dev.heddle.parity.cases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** Finds and reads case files: one case each, or bundles of them. */
public final class CaseFile {
  private CaseFile() {}

  /** The case files of a folder and those below it, in order. */
  public static List<Path> in(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".npz")).sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The cases of a file. */
  public static List<Case> read(Path file) {
    try {
      SequencedMap<String, Tensor> entries = NpzEntries.read(file);
      Tensor one = entries.remove("case");
      if (one != null) {
        return List.of(of((Fields) JsonReader.read(one.bytes()), entries));
      }
      List<Case> cases = new ArrayList<>();
      for (Object info : (List<?>) JsonReader.read(entries.remove("cases").bytes())) {
        cases.add(of((Fields) info, under(cases.size() + "/", entries)));
      }
      return cases;
    } catch (IOException | RuntimeException unreadable) {
      throw new IllegalStateException(file + ": " + unreadable.getMessage(), unreadable);
    }
  }

  private static SequencedMap<String, Tensor> under(String prefix, Map<String, Tensor> entries) {
    SequencedMap<String, Tensor> found = new LinkedHashMap<>();
    entries.forEach((name, tensor) -> {
      if (name.startsWith(prefix)) {
        found.put(name.substring(prefix.length()), tensor);
      }
    });
    return found;
  }

  /** Checks {@code dtypes}, which names bfloat16 tensors, since NumPy has no such dtype. */
  private static Case of(Fields info, SequencedMap<String, Tensor> tensors) {
    tensors.forEach((name, tensor) -> {
      boolean named = "bfloat16".equals(info.fields("dtypes").find(name));
      if (named != tensor.dtype().equals("bfloat16")) {
        throw new IllegalArgumentException(name + ": dtypes and the tensor disagree");
      }
    });
    return new Case(info, tensors);
  }
}
