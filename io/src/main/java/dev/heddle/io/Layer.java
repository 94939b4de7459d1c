package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one layer in a file that may hold several: those whose names begin with the
 * layer's path, which is found by the name of a characteristic tensor.
 *
 * @param root the common prefix of the names in the file
 * @param tensors by the remainder of their names, with {@code .} between parts
 * @param fileNames the names of the same tensors in the file
 */
record Layer(
    String root, SequencedMap<String, Array> tensors, SequencedMap<String, String> fileNames) {
  private static final int SHOWN = 4;

  /**
   * Finds the layer.
   *
   * @param prefix the prefix of the names, or empty where there is only one layer
   * @param signs names of tensors; every layer of the kind has one of them
   * @param kind a description of the layer, for errors
   * @throws IllegalArgumentException if there is none, or if there are several
   */
  static Layer find(
      SequencedMap<String, Array> tensors, String prefix, List<String> signs, String kind) {
    List<String> roots = roots(tensors, dotted(prefix), signs);
    if (roots.isEmpty()) {
      String where = prefix.isEmpty() ? "" : " under the prefix " + FileLocation.quoted(prefix);
      throw new IllegalArgumentException(
          "expected "
              + kind
              + where
              + ", with a tensor named "
              + signs.stream().map(FileLocation::quoted).collect(Collectors.joining(" or "))
              + ", found none"
              + others(tensors, signs));
    }
    if (roots.size() > 1) {
      throw new IllegalArgumentException(
          "prefix: expected one that selects a layer of "
              + roots.size()
              + ", as "
              + listed(roots)
              + (prefix.isEmpty() ? ", got none" : ", got " + FileLocation.quoted(prefix)));
    }
    return under(tensors, roots.getFirst());
  }

  private static String others(SequencedMap<String, Array> tensors, List<String> signs) {
    List<String> roots = roots(tensors, "", signs);
    return roots.isEmpty() ? "" : "; there are " + listed(roots);
  }

  private static String listed(List<String> roots) {
    String shown =
        roots.stream()
            .limit(SHOWN)
            .map(root ->
                FileLocation.quoted(root.isEmpty() ? root : root.substring(0, root.length() - 1)))
            .collect(Collectors.joining(", "));
    return roots.size() > SHOWN ? shown + ", ..." : shown;
  }

  private static List<String> roots(
      SequencedMap<String, Array> tensors, String prefix, List<String> signs) {
    var roots = new LinkedHashSet<String>(); // there may be very many
    for (String name : tensors.keySet()) {
      String dotted = dotted(name);
      for (String sign : signs) {
        if (dotted.equals(sign) || dotted.endsWith("." + sign)) {
          String root = dotted.substring(0, dotted.length() - sign.length());
          if (within(dotted, prefix)) {
            roots.add(root);
          }
        }
      }
    }
    return List.copyOf(roots);
  }

  /** Whether a name begins with the prefix, with or without {@code params} before it. */
  private static boolean within(String name, String prefix) {
    return prefix.isEmpty()
        || name.startsWith(prefix + ".")
        || name.startsWith("params." + prefix + ".");
  }

  /** Whether a layer of the kind exists under a prefix. */
  static boolean exists(SequencedMap<String, Array> tensors, String prefix, List<String> signs) {
    return !roots(tensors, dotted(prefix), signs).isEmpty();
  }

  private static Layer under(SequencedMap<String, Array> tensors, String root) {
    var inside = new LinkedHashMap<String, Array>();
    var fileNames = new LinkedHashMap<String, String>();
    tensors.forEach((name, tensor) -> {
      String dotted = dotted(name);
      if (dotted.startsWith(root)) {
        inside.put(dotted.substring(root.length()), tensor);
        fileNames.put(dotted.substring(root.length()), name);
      }
    });
    return new Layer(root, inside, fileNames);
  }

  private static String dotted(String name) {
    return name.replace('/', '.');
  }

  /** An optional tensor. */
  @Nullable Array get(String name) {
    return tensors.get(name);
  }

  /**
   * A required tensor.
   *
   * @throws IllegalArgumentException if it is missing
   */
  Array require(String name) {
    Array tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "tensor \"" + root + name + "\": is missing" + Suggest.hint(name, tensors.keySet()));
    }
    return tensor;
  }

  /** A tensor's name in the file. */
  String name(String name) {
    return fileNames.getOrDefault(name, root + name);
  }

  /**
   * An error about a tensor.
   *
   * @param message what was expected and what was found
   */
  IllegalArgumentException error(String name, String message) {
    return new IllegalArgumentException("tensor \"" + name(name) + "\": " + message);
  }
}
