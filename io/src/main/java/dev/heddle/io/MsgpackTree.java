package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a msgpack file of Flax holds: maps within maps, and at their ends arrays. */
sealed interface MsgpackTree {
  /** Between the names of a path. */
  String SEPARATOR = "/";

  /** An array, or a number taken as one. */
  record Leaf(Array array) implements MsgpackTree {}

  /** Named subtrees in the file's order. */
  record Branch(Map<String, MsgpackTree> children) implements MsgpackTree {
    /** The map at some names below this one, which is made if it is not there. */
    private Branch below(Place place, String path, List<String> names) throws CheckpointException {
      Branch branch = this;
      for (String name : names) {
        MsgpackTree child =
            branch.children.computeIfAbsent(name, key -> new Branch(new LinkedHashMap<>()));
        if (!(child instanceof Branch next)) {
          throw collision(place, path);
        }
        branch = next;
      }
      return branch;
    }
  }

  /** A text. */
  record Text(String text) implements MsgpackTree {}

  /** Python's None. */
  record Nothing() implements MsgpackTree {}

  /**
   * The tree of flat names.
   *
   * @param emptyMaps paths of maps without tensors
   * @throws CheckpointException if a name is also the beginning of another one's path
   */
  static MsgpackTree of(Place place, Map<String, Array> tensors, List<String> emptyMaps)
      throws CheckpointException {
    if (tensors.size() == 1 && tensors.containsKey("")) {
      return new Leaf(tensors.values().iterator().next());
    }
    Branch root = new Branch(new LinkedHashMap<>());
    for (Map.Entry<String, Array> tensor : tensors.entrySet()) {
      String name = tensor.getKey();
      List<String> parts = List.of(name.split(SEPARATOR, -1));
      Branch branch = root.below(place, name, parts.subList(0, parts.size() - 1));
      if (branch.children.putIfAbsent(parts.getLast(), new Leaf(tensor.getValue())) != null) {
        throw collision(place, name);
      }
    }
    for (String name : emptyMaps) {
      root.below(place, name, List.of(name.split(SEPARATOR, -1)));
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
