package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.io.CheckpointFile;
import dev.heddle.io.Suggest;
import dev.heddle.linen.attention.AttentionInputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of {@code --inputs}: the inputs of attention, by Flax's argument names.
 *
 * @param path the file
 * @param sequences the inputs of the projections: {@code inputs_q} and others
 * @param mask the mask, or null
 * @param cotangent the gradient with respect to the output; null unless requested
 */
record InputsFile(
    Path path,
    SequencedMap<String, Array> sequences,
    @Nullable Array mask,
    @Nullable Array cotangent) {
  private static final String QUERY = "inputs_q";
  private static final String KEY_VALUE = "inputs_kv";
  private static final String KEY = "inputs_k";
  private static final String VALUE = "inputs_v";
  private static final String MASK = "mask";
  private static final String COTANGENT = "cotangent";
  private static final List<String> KNOWN = List.of(QUERY, KEY_VALUE, KEY, VALUE, MASK);

  /**
   * Reads the inputs and checks their names.
   *
   * @param path a checkpoint with {@code inputs_q}, optionally {@code inputs_kv} or {@code
   *     inputs_k} and {@code inputs_v}, and {@code mask}
   * @throws FailedException if a tensor has another name, is missing, or excludes another
   * @throws IOException if the file is not a checkpoint
   */
  static InputsFile read(Path path) throws IOException {
    return read(path, KNOWN, List.of(QUERY));
  }

  /**
   * As {@link #read}, for a file that also holds {@code cotangent}.
   *
   * @throws FailedException if a tensor has another name, is missing, or excludes another
   * @throws IOException if the file is not a checkpoint
   */
  static InputsFile readWithCotangent(Path path) throws IOException {
    List<String> known = new ArrayList<>(KNOWN);
    known.add(COTANGENT);
    return read(path, known, List.of(QUERY, COTANGENT));
  }

  private static InputsFile read(Path path, List<String> known, List<String> needed)
      throws IOException {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>(CheckpointFile.read(path).tensors());
    check(path, tensors.keySet(), known, needed);
    Array mask = tensors.remove(MASK);
    Array cotangent = tensors.remove(COTANGENT);
    return new InputsFile(path, tensors, mask, cotangent);
  }

  /**
   * The inputs of the module.
   *
   * @param deterministic whether dropout is off; null leaves it to the configuration
   */
  AttentionInputs attentionInputs(@Nullable Boolean deterministic) {
    return AttentionInputs.ofNames(
            sequence(QUERY), sequences.get(KEY_VALUE), sequences.get(KEY), sequences.get(VALUE))
        .mask(mask)
        .deterministic(deterministic);
  }

  /** A copy with some of the sequences replaced. */
  InputsFile with(Map<String, Array> others) {
    SequencedMap<String, Array> replaced = new LinkedHashMap<>(sequences);
    replaced.putAll(others);
    return new InputsFile(path, replaced, mask, cotangent);
  }

  private Array sequence(String name) {
    Array found = sequences.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " was checked to exist");
    }
    return found;
  }

  private static void check(Path file, Set<String> names, List<String> known, List<String> needed) {
    List<String> absent = needed.stream().filter(name -> !names.contains(name)).toList();
    String missing = absent.isEmpty() ? "" : "\"" + absent.getFirst() + "\" is missing";
    for (String name : names) {
      if (!known.contains(name)) {
        throw new FailedException(
            "%s: tensor \"%s\": unknown name%s; known: %s%s"
                .formatted(
                    file,
                    name,
                    suggestion(name, known),
                    String.join(", ", known),
                    missing.isEmpty() ? "" : "; " + missing));
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
    if (!missing.isEmpty()) {
      throw new FailedException(file + ": tensor " + missing);
    }
  }

  private static String suggestion(String name, List<String> known) {
    List<String> near = Suggest.near(name, known);
    return near.isEmpty() ? "" : "; did you mean \"" + near.getFirst() + "\"?";
  }
}
