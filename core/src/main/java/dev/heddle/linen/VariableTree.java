package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a tree of variables: a tensor, or a branch of named nodes. Immutable; a change makes
 * new branches along its path and shares the others. A tuple is a branch of 0, 1, 2, ...
 */
sealed interface VariableTree {

  /** A tensor. */
  record Leaf(Array array) implements VariableTree {}

  /** Named nodes, in the order in which they came. */
  final class Branch implements VariableTree {
    static final Branch EMPTY = new Branch(new LinkedHashMap<>());

    private final SequencedMap<String, VariableTree> children;
    private final @Nullable Object owner;
    private volatile @Nullable Boolean float64;

    Branch(SequencedMap<String, VariableTree> children) {
      this(children, null);
    }

    private Branch(SequencedMap<String, VariableTree> children, @Nullable Object owner) {
      this.children = children;
      this.owner = owner;
    }

    /** The nodes by name, not to be written to. */
    SequencedMap<String, VariableTree> children() {
      return children;
    }

    /** The node at a path of names, or null. */
    @Nullable VariableTree at(List<String> path) {
      VariableTree node = this;
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
     * @throws IllegalArgumentException if a tensor is on the path, or a branch at its end where a
     *     tensor is expected
     */
    Branch with(List<String> path, VariableTree value) {
      return with(path, value, null);
    }

    /**
     * As {@link #with(List, VariableTree)}, for an owner that adds many nodes, one after another: a
     * branch below this one is copied when the owner first changes it, and changed in place from
     * then on, so that n nodes take n steps and not n squared. The result is a new branch in every
     * call.
     *
     * @param owner compared by identity; once it is unreachable, nothing can change its branches.
     *     Until then, one thread works on them
     */
    @SuppressWarnings("ReferenceEquality")
    Branch with(List<String> path, VariableTree value, @Nullable Object owner) {
      Branch root = new Branch(new LinkedHashMap<>(children), owner);
      Branch branch = root;
      int last = path.size() - 1;
      for (int depth = 0; depth < last; depth++) {
        String name = path.get(depth);
        VariableTree present = branch.children.get(name);
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
      VariableTree present = branch.children.get(path.get(last));
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

    /** This branch without one of its nodes. */
    Branch without(String name) {
      SequencedMap<String, VariableTree> copy = new LinkedHashMap<>(children);
      copy.remove(name);
      return new Branch(copy);
    }

    /** Both branches' tensors; where both have one, that of {@code later}. */
    Branch merge(Branch later) {
      return merge(later, new ArrayList<>());
    }

    private Branch merge(Branch later, List<String> path) {
      SequencedMap<String, VariableTree> merged = new LinkedHashMap<>(children);
      later.children.forEach((name, node) -> {
        path.addLast(name);
        VariableTree present = merged.get(name);
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

    /** Visits every tensor with its path, in order. */
    void walk(String prefix, BiConsumer<String, Array> visitor) {
      children.forEach((name, node) -> {
        switch (node) {
          case Leaf(Array array) -> visitor.accept(prefix + name, array);
          case Branch branch -> branch.walk(prefix + name + "/", visitor);
        }
      });
    }

    /** Whether one of the tensors is float64; looked up once. */
    boolean hasFloat64() {
      Boolean known = float64;
      if (known == null) {
        known = findFloat64();
        float64 = known; // two threads find the same
      }
      return known;
    }

    private boolean findFloat64() {
      for (VariableTree node : children.values()) {
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

    /** The same branches around other tensors. */
    Branch refill(Iterator<Array> arrays) {
      SequencedMap<String, VariableTree> copy = new LinkedHashMap<>();
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
    boolean isTuple() {
      for (int i = 0; i < children.size(); i++) {
        if (!children.containsKey(Integer.toString(i))) {
          return false;
        }
      }
      return true;
    }

    /** The nodes of a tuple, by their numbers. */
    List<VariableTree> elements() {
      List<VariableTree> elements = new ArrayList<>();
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
