package dev.heddle.io;

import dev.heddle.array.Array;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The content of a msgpack file of Flax: nested maps with arrays as leaves. */
sealed interface MsgpackTree {
  /** Separates the names of a path. */
  String SEPARATOR = "/";

  /** An array. */
  record Leaf(Array array) implements MsgpackTree {}

  /** Named subtrees in their order. */
  record Branch(Map<String, MsgpackTree> children) implements MsgpackTree {
    /** The map at a path below this one, created if missing. */
    private Branch below(FileLocation place, String path, List<String> names)
        throws CheckpointException {
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

    private boolean isBox() {
      return children.size() == 1 && children.get(MsgpackReader.BOX) instanceof Leaf;
    }
  }

  /**
   * The tree of flat names.
   *
   * @param emptyMaps paths of maps without tensors
   * @param boxes whether a tensor named {@code value} may be alone in its map, as a boxed parameter
   * @throws CheckpointException if the tree would be read as other names: a name is also the
   *     beginning of another tensor's path, is Flax's marker of chunked arrays, or is that of a
   *     boxed parameter
   */
  static MsgpackTree of(
      FileLocation place, Map<String, Array> tensors, List<String> emptyMaps, boolean boxes)
      throws CheckpointException {
    Limits.check(place, tensors);
    for (String name : emptyMaps) {
      Limits.checkName(place.tensor(name), name);
    }
    long namesBytes = tensors.keySet().stream().mapToLong(Limits::utf8Bytes).sum();
    if (namesBytes > MsgpackReader.MAX_NAMES_BYTES) {
      throw place.error(
          "expected names of at most "
              + MsgpackReader.MAX_NAMES_BYTES
              + " bytes in all, got "
              + namesBytes);
    }
    if (tensors.size() == 1 && tensors.containsKey("") && emptyMaps.isEmpty()) {
      return new Leaf(tensors.values().iterator().next());
    }
    Branch root = new Branch(new LinkedHashMap<>());
    for (Map.Entry<String, Array> tensor : tensors.entrySet()) {
      String name = tensor.getKey();
      List<String> parts = parts(name);
      if (parts.contains(MsgpackReader.CHUNKED)) {
        throw place
            .tensor(name)
            .error("expected a name without " + MsgpackReader.CHUNKED + ", which marks chunks");
      }
      Branch branch = root.below(place, name, parts.subList(0, parts.size() - 1));
      if (branch.children.putIfAbsent(parts.getLast(), new Leaf(tensor.getValue())) != null) {
        throw collision(place, name);
      }
    }
    for (String name : emptyMaps) {
      root.below(place, name, parts(name));
    }
    if (!boxes) {
      requireNoBoxes(place, root, tensors);
    }
    return root;
  }

  private static List<String> parts(String name) {
    return List.of(name.split(SEPARATOR, -1));
  }

  private static void requireNoBoxes(FileLocation place, Branch root, Map<String, Array> tensors)
      throws CheckpointException {
    for (String name : tensors.keySet()) {
      if (name.endsWith(SEPARATOR + MsgpackReader.BOX)) {
        List<String> parts = parts(name);
        Branch branch = root.below(place, name, parts.subList(0, parts.size() - 1));
        if (branch.isBox()) {
          throw place
              .tensor(name)
              .error(
                  "expected another name, or another tensor beside it: a map with \"value\" alone"
                      + " is read as a boxed parameter");
        }
      }
    }
  }

  private static CheckpointException collision(FileLocation place, String name) {
    return place
        .tensor(name)
        .error(
            "one tensor's name is the beginning of another one's path, which a tree cannot hold");
  }
}
