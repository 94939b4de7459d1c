package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a msgpack file of Flax holds: maps within maps, and at their ends arrays. */
sealed interface MsgpackTree {
  /** Between the names of a path. */
  String SEPARATOR = "/";

  /** An array, or a number taken as one. */
  record Leaf(Array array) implements MsgpackTree {}

  /** Named subtrees in the file's order. */
  record Branch(Map<String, MsgpackTree> children) implements MsgpackTree {}

  /** A text. */
  record Text(String text) implements MsgpackTree {}

  /** Python's None. */
  record Nothing() implements MsgpackTree {}

  /**
   * The tree of flat names.
   *
   * @throws CheckpointException if a name is also the beginning of another one's path
   */
  static MsgpackTree of(Place place, Map<String, Array> tensors) throws CheckpointException {
    if (tensors.size() == 1 && tensors.containsKey("")) {
      return new Leaf(tensors.values().iterator().next());
    }
    Branch root = new Branch(new LinkedHashMap<>());
    for (Map.Entry<String, Array> tensor : tensors.entrySet()) {
      String name = tensor.getKey();
      String[] parts = name.split(SEPARATOR, -1);
      Branch branch = root;
      for (int i = 0; i < parts.length - 1; i++) {
        MsgpackTree child =
            branch.children.computeIfAbsent(parts[i], key -> new Branch(new LinkedHashMap<>()));
        if (!(child instanceof Branch next)) {
          throw collision(place, name);
        }
        branch = next;
      }
      if (branch.children.putIfAbsent(parts[parts.length - 1], new Leaf(tensor.getValue()))
          != null) {
        throw collision(place, name);
      }
    }
    return root;
  }

  private static CheckpointException collision(Place place, String name) {
    return place
        .tensor(name)
        .error(
            "one tensor's name is the beginning of another one's path, which a tree cannot hold");
  }

  /** Arrays by the names of their paths; texts as metadata. */
  static Checkpoint flat(Place place, MsgpackTree tree) throws CheckpointException {
    var tensors = new LinkedHashMap<String, Array>();
    var metadata = new LinkedHashMap<String, String>();
    flatten(place, "", tree, tensors, metadata);
    return new Checkpoint(tensors, metadata);
  }

  private static void flatten(
      Place place,
      String path,
      MsgpackTree tree,
      Map<String, Array> tensors,
      Map<String, String> metadata)
      throws CheckpointException {
    switch (tree) {
      case Leaf(Array array) -> {
        if (tensors.put(path, array) != null) {
          throw place.tensor(path).error("is there twice");
        }
      }
      case Text(String text) -> metadata.put(path, text);
      case Nothing() -> {}
      case Branch(Map<String, MsgpackTree> children) -> {
        for (Map.Entry<String, MsgpackTree> child : children.entrySet()) {
          flatten(place, join(path, child.getKey()), child.getValue(), tensors, metadata);
        }
      }
    }
  }

  /** The path of a child. */
  static String join(String path, String name) {
    return path.isEmpty() ? name : path + SEPARATOR + name;
  }
}
