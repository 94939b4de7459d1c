package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.CheckpointFile;
import dev.heddle.io.Suggest;
import dev.heddle.linen.AttentionInputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file of {@code --inputs}: what attention is called on, by Flax's argument names. */
final class InputsFile {
  private static final String QUERY = "inputs_q";
  private static final String KEY_VALUE = "inputs_kv";
  private static final String KEY = "inputs_k";
  private static final String VALUE = "inputs_v";
  private static final String MASK = "mask";
  private static final List<String> KNOWN = List.of(QUERY, KEY_VALUE, KEY, VALUE, MASK);

  private InputsFile() {}

  /**
   * Reads the inputs and checks their names.
   *
   * @param file a checkpoint with {@code inputs_q}, perhaps {@code inputs_kv} or {@code inputs_k}
   *     and {@code inputs_v}, and {@code mask}
   * @param deterministic whether dropout is off; null leaves it to the configuration
   * @throws FailedException if a tensor has another name, is missing, or excludes another
   * @throws IOException if the file is not a checkpoint
   */
  static AttentionInputs read(Path file, @Nullable Boolean deterministic) throws IOException {
    Map<String, Array> tensors = CheckpointFile.read(file).tensors();
    check(file, tensors.keySet());
    Array query = tensors.get(QUERY);
    if (query == null) {
      throw new FailedException(file + ": tensor \"" + QUERY + "\" is missing");
    }
    return AttentionInputs.ofNames(
            query, tensors.get(KEY_VALUE), tensors.get(KEY), tensors.get(VALUE))
        .mask(tensors.get(MASK))
        .deterministic(deterministic);
  }

  private static void check(Path file, Set<String> names) {
    String missing = names.contains(QUERY) ? "" : "; \"" + QUERY + "\" is missing";
    for (String name : names) {
      if (!KNOWN.contains(name)) {
        throw new FailedException(
            "%s: tensor \"%s\": unknown name%s; known: %s%s"
                .formatted(file, name, suggestion(name), String.join(", ", KNOWN), missing));
      }
    }
    for (String other : List.of(KEY, VALUE)) {
      if (names.contains(KEY_VALUE) && names.contains(other)) {
        throw new FailedException(
            "%s: tensor \"%s\": given together with \"%s\"; expected %s, or %s and %s"
                .formatted(file, KEY_VALUE, other, KEY_VALUE, KEY, VALUE));
      }
    }
    if (names.contains(VALUE) && !names.contains(KEY)) {
      throw new FailedException(
          "%s: tensor \"%s\": given without \"%s\"; to have both the same, give %s"
              .formatted(file, VALUE, KEY, KEY_VALUE));
    }
  }

  private static String suggestion(String name) {
    List<String> near = Suggest.near(name, KNOWN);
    return near.isEmpty() ? "" : "; did you mean \"" + near.getFirst() + "\"?";
  }
}
