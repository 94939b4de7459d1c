package dev.heddle.linen;

import dev.heddle.array.NamedTree.Branch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A module's path in the tree during one init or apply, with the number of draws from each random
 * stream. It outlives the calls of the module, so that the draws continue from call to call.
 */
final class ModulePath {
  private final @Nullable ModulePath parent;
  private final @Nullable String name;
  private final int depth;
  private @Nullable SmallMap<ModulePath> children; // made for the first submodule
  private @Nullable Map<String, Integer> draws;
  private @Nullable Branch knownRoot; // cached by branch()
  private @Nullable String knownCollection;
  private @Nullable Branch knownBranch;

  private ModulePath(@Nullable ModulePath parent, @Nullable String name, int depth) {
    this.parent = parent;
    this.name = name;
    this.depth = depth;
  }

  static ModulePath root() {
    return new ModulePath(null, null, 0);
  }

  /** The path of a submodule, the same object each time. */
  ModulePath child(String childName) {
    if (children == null) {
      children = new SmallMap<>();
    }
    ModulePath child = children.get(childName);
    if (child == null) {
      child = new ModulePath(this, childName, depth + 1);
      children.put(childName, child);
    }
    return child;
  }

  boolean isChildOf(ModulePath other) {
    return parent == other;
  }

  /** The last name; null for the root. */
  @Nullable String name() {
    return name;
  }

  /** The names from the root on; none for the root. */
  List<String> names() {
    List<String> names = new ArrayList<>(depth);
    addNames(names);
    return names;
  }

  private void addNames(List<String> names) {
    if (parent != null && name != null) {
      parent.addNames(names);
      names.add(name);
    }
  }

  /** The path as messages show it: {@code /}, {@code /query}. */
  String path() {
    return "/" + String.join("/", names());
  }

  /** The path of a variable here: collection, names, its own name. */
  List<String> variable(String collection, String variableName) {
    List<String> path = new ArrayList<>(depth + 2);
    path.add(collection);
    addNames(path);
    path.add(variableName);
    return path;
  }

  /** The variables of a collection of this module; null if there are none. */
  @SuppressWarnings("ReferenceEquality") // the tree is immutable: the same root has the same nodes
  @Nullable Branch branch(Branch root, String collection) {
    if (knownRoot == root && collection.equals(knownCollection)) {
      return knownBranch;
    }
    Branch above = parent == null ? root : parent.branch(root, collection);
    String step = name == null ? collection : name;
    Branch found =
        above != null && above.children().get(step) instanceof Branch branch ? branch : null;
    knownRoot = root;
    knownCollection = collection;
    knownBranch = found;
    return found;
  }

  /** The number of the next draw from a stream, from 1. */
  int nextDraw(String stream) {
    if (draws == null) {
      draws = new HashMap<>();
    }
    return draws.merge(stream, 1, Integer::sum);
  }

  /**
   * A copy of the whole tree, with the counts of draws as they are now.
   *
   * @param copies receives the copy of each path
   */
  void copyTree(Map<ModulePath, ModulePath> copies) {
    if (parent != null) {
      parent.copyTree(copies);
    } else {
      copyBelow(null, copies);
    }
  }

  private ModulePath copyBelow(@Nullable ModulePath above, Map<ModulePath, ModulePath> copies) {
    ModulePath copy = new ModulePath(above, name, depth);
    copies.put(this, copy);
    copy.draws = draws == null ? null : new HashMap<>(draws);
    if (children != null) {
      SmallMap<ModulePath> below = new SmallMap<>();
      children.forEach((childName, child) -> below.put(childName, child.copyBelow(copy, copies)));
      copy.children = below;
    }
    return copy;
  }
}
