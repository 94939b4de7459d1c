package dev.heddle.array;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a tree of named arrays, the structure of variables and of optimizer states: an array,
 * or a branch of named nodes. Immutable; a change makes new branches along its path and shares the
 * others. A tuple is a branch of 0, 1, 2, ...
 */
public sealed interface NamedTree {

  /** An array. */
  record Leaf(Array array) implements NamedTree {}

  /** Named nodes, in the order in which they came. */
  final class Branch implements NamedTree {
    /** No nodes. */
    public static final Branch EMPTY = new Branch(new LinkedHashMap<>());

    private final SequencedMap<String, NamedTree> children;
    private final @Nullable Object owner;
    private volatile @Nullable Boolean float64;

    /**
     * Nodes by name.
     *
     * @param children not copied, and not to be changed any more
     */
    public Branch(SequencedMap<String, NamedTree> children) {
      this(children, null);
    }

    private Branch(SequencedMap<String, NamedTree> children, @Nullable Object owner) {
      this.children = children;
      this.owner = owner;
    }

    /** The nodes by name, not to be written to. */
    public SequencedMap<String, NamedTree> children() {
      return children;
    }

    /** Arrays under names, which may contain {@code /}. */
    public static Branch of(List<String> names, List<Array> arrays) {
      SequencedMap<String, NamedTree> children = LinkedHashMap.newLinkedHashMap(names.size());
      for (int i = 0; i < names.size(); i++) {
        children.put(names.get(i), new Leaf(arrays.get(i)));
      }
      return new Branch(children);
    }

    /** The array at a path with {@code /} between its names, or null; names may contain it too. */
    public @Nullable Array find(String path) {
      if (children.get(path) instanceof Leaf(Array array)) {
        return array;
      }
      for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
        if (children.get(path.substring(0, end)) instanceof Branch branch) {
          Array found = branch.find(path.substring(end + 1));
          if (found != null) {
            return found;
          }
        }
      }
      return null;
    }

    /** The node at a path of names, or null. */
    public @Nullable NamedTree at(List<String> path) {
      NamedTree node = this;
      for (String name : path) {
        if (!(node instanceof Branch branch)) {
          return null;
        }
        node = branch.children.get(name);
        if (node == null) {
          return null;
        }
      }
      return node;
    }

    /**
     * This branch with another node at a path; missing branches are made.
     *
     * @throws IllegalArgumentException if an array is on the path, or a branch where an array is to
     *     be
     */
    public Branch with(List<String> path, NamedTree value) {
      return with(path, value, null);
    }

    /**
     * As {@link #with(List, NamedTree)}, for an owner that adds many nodes, one after another: a
     * branch below this one is copied when the owner first changes it, and changed in place from
     * then on, so that n nodes take n steps and not n squared. The result is a new branch in every
     * call.
     *
     * @param owner compared by identity; once it is unreachable, nothing can change its branches.
     *     Until then, one thread works on them
     */
    @SuppressWarnings("ReferenceEquality")
    public Branch with(List<String> path, NamedTree value, @Nullable Object owner) {
      Branch root = new Branch(new LinkedHashMap<>(children), owner);
      Branch branch = root;
      int last = path.size() - 1;
      for (int depth = 0; depth < last; depth++) {
        String name = path.get(depth);
        NamedTree present = branch.children.get(name);
        if (present instanceof Leaf) {
          throw conflict(path.subList(0, depth + 1));
        }
        Branch below = present instanceof Branch found ? found : EMPTY;
        if (owner == null || below.owner != owner) {
          below = new Branch(new LinkedHashMap<>(below.children), owner);
          branch.children.put(name, below);
        }
        branch = below;
        branch.float64 = null;
      }
      NamedTree present = branch.children.get(path.get(last));
      if (present != null && present instanceof Leaf != value instanceof Leaf) {
        throw conflict(path);
      }
      branch.children.put(path.get(last), value);
      return root;
    }

    private static IllegalArgumentException conflict(List<String> path) {
      return new IllegalArgumentException(
          "variables: expected \""
              + String.join("/", path)
              + "\" to be either a tensor or a group of them, got both");
    }

    /** This branch with another node under a name, whatever is there. */
    public Branch with(String name, NamedTree value) {
      SequencedMap<String, NamedTree> copy = new LinkedHashMap<>(children);
      copy.put(name, value);
      return new Branch(copy);
    }

    /** This branch without one of its nodes. */
    public Branch without(String name) {
      SequencedMap<String, NamedTree> copy = new LinkedHashMap<>(children);
      copy.remove(name);
      return new Branch(copy);
    }

    /** Both branches' arrays; where both have one, that of {@code later}. */
    public Branch merge(Branch later) {
      return merge(later, new ArrayList<>());
    }

    private Branch merge(Branch later, List<String> path) {
      SequencedMap<String, NamedTree> merged = new LinkedHashMap<>(children);
      later.children.forEach((name, node) -> {
        path.addLast(name);
        NamedTree present = merged.get(name);
        if (present instanceof Branch ours && node instanceof Branch theirs) {
          merged.put(name, ours.merge(theirs, path));
        } else if (present == null || (present instanceof Leaf && node instanceof Leaf)) {
          merged.put(name, node);
        } else {
          throw conflict(path);
        }
        path.removeLast();
      });
      return new Branch(merged);
    }

    /** The arrays in order. */
    public List<Array> leaves() {
      List<Array> leaves = new ArrayList<>();
      collect(leaves);
      return Collections.unmodifiableList(leaves);
    }

    private void collect(List<Array> leaves) {
      for (NamedTree node : children.values()) {
        switch (node) {
          case Leaf(Array array) -> leaves.add(array);
          case Branch branch -> branch.collect(leaves);
        }
      }
    }

    /**
     * The arrays by path, in order, in a new map.
     *
     * @throws IllegalStateException if two arrays have the same path, such as {@code a/b} and
     *     {@code b} in {@code a}
     */
    public SequencedMap<String, Array> flatten() {
      SequencedMap<String, Array> flat = new LinkedHashMap<>();
      walk(
          "",
          (path, array) -> {
            if (flat.put(path, array) != null) {
              throw new IllegalStateException(
                  "expected paths that differ, got two arrays at \"" + path + "\"");
            }
          });
      return flat;
    }

    private void walk(String prefix, BiConsumer<String, Array> visitor) {
      children.forEach((name, node) -> {
        switch (node) {
          case Leaf(Array array) -> visitor.accept(prefix + name, array);
          case Branch branch -> branch.walk(prefix + name + "/", visitor);
        }
      });
    }

    /** Whether one of the arrays is float64; looked up once. */
    public boolean hasFloat64() {
      Boolean known = float64;
      if (known == null) {
        known = findFloat64();
        float64 = known; // two threads find the same
      }
      return known;
    }

    private boolean findFloat64() {
      for (NamedTree node : children.values()) {
        boolean found =
            switch (node) {
              case Leaf(Array array) -> array.dtype() == DType.FLOAT64;
              case Branch branch -> branch.hasFloat64();
            };
        if (found) {
          return true;
        }
      }
      return false;
    }

    /**
     * The same branches around other arrays.
     *
     * @param leaves as many as {@link #leaves} gives, in its order
     * @throws IllegalArgumentException if their number differs
     */
    public Branch withLeaves(List<Array> leaves) {
      int expected = leaves().size();
      if (leaves.size() != expected) {
        throw new IllegalArgumentException(
            "leaves: expected " + expected + " arrays, got " + leaves.size());
      }
      return refill(leaves.iterator());
    }

    private Branch refill(Iterator<Array> arrays) {
      SequencedMap<String, NamedTree> copy = new LinkedHashMap<>();
      children.forEach((name, node) ->
          copy.put(
              name,
              switch (node) {
                case Leaf leaf -> new Leaf(arrays.next());
                case Branch branch -> branch.refill(arrays);
              }));
      return new Branch(copy);
    }

    /** Whether the names are 0, 1, 2, ..., as those of a tuple. */
    public boolean isTuple() {
      for (int i = 0; i < children.size(); i++) {
        if (!children.containsKey(Integer.toString(i))) {
          return false;
        }
      }
      return true;
    }

    /** The nodes of a tuple, by their numbers. */
    public List<NamedTree> elements() {
      List<NamedTree> elements = new ArrayList<>();
      for (int i = 0; i < children.size(); i++) {
        elements.add(children.get(Integer.toString(i)));
      }
      return Collections.unmodifiableList(elements);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Branch branch && children.equals(branch.children);
    }

    @Override
    public int hashCode() {
      return children.hashCode();
    }
  }
}
