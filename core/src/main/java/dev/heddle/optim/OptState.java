package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of an optimizer: a tree of named arrays, with the names of Flax's {@code to_state_dict}
 * for Optax's states. A chain has 0, 1, ...; Adam has count, mu and nu; the moments have the
 * parameters' paths. Immutable.
 *
 * <pre>{@code
 * OptState state = Optim.adamw(1e-3).init(params);
 * state.get("0/count");
 * state.get("0/mu/params/query/kernel");
 * state = OptState.restore(state, checkpointTensors);
 * }</pre>
 */
public final class OptState implements ArrayTree<OptState> {
  private static final OptState EMPTY = new OptState(new LinkedHashMap<>());

  private final SequencedMap<String, Node> nodes;

  private OptState(SequencedMap<String, Node> nodes) {
    this.nodes = nodes;
  }

  private sealed interface Node {}

  private record Leaf(Array array) implements Node {}

  private record Branch(OptState state) implements Node {}

  /** A state without arrays. */
  public static OptState empty() {
    return EMPTY;
  }

  /** This state with an array added or replaced. */
  public OptState with(String name, Array array) {
    return with(name, new Leaf(array));
  }

  /** This state with a tree, such as another state, added or replaced under a name. */
  public OptState with(String name, ArrayTree<?> tree) {
    return with(
        name, new Branch(tree instanceof OptState state ? state : of(tree.paths(), tree.leaves())));
  }

  private OptState with(String name, Node node) {
    SequencedMap<String, Node> copy = new LinkedHashMap<>(nodes);
    copy.put(name, node);
    return new OptState(copy);
  }

  /** States under the names 0, 1, ... */
  static OptState ofStates(List<OptState> states) {
    SequencedMap<String, Node> nodes = LinkedHashMap.newLinkedHashMap(states.size());
    for (int i = 0; i < states.size(); i++) {
      nodes.put(Integer.toString(i), new Branch(states.get(i)));
    }
    return new OptState(nodes);
  }

  /** Arrays under their paths. */
  static OptState of(List<String> paths, List<Array> arrays) {
    SequencedMap<String, Node> nodes = LinkedHashMap.newLinkedHashMap(paths.size());
    for (int i = 0; i < paths.size(); i++) {
      nodes.put(paths.get(i), new Leaf(arrays.get(i)));
    }
    return new OptState(nodes);
  }

  /**
   * A state with a template's structure and the arrays of a checkpoint.
   *
   * @param template a state that {@code init} returns
   * @param tensors arrays by path, as in {@link #flatten}, in any order
   * @throws IllegalArgumentException if an array is missing or unexpected, or has another type or
   *     shape; the message names the path
   */
  public static OptState restore(OptState template, Map<String, Array> tensors) {
    SequencedMap<String, Array> expected = template.flatten();
    List<Array> arrays = new ArrayList<>();
    expected.forEach((path, target) -> {
      Array tensor = tensors.get(path);
      if (tensor == null) {
        throw new IllegalArgumentException(
            "optimizer state: expected \"" + path + "\", " + Tree.type(target) + ", got none");
      }
      if (tensor.dtype() != target.dtype() || !tensor.shape().equals(target.shape())) {
        throw new IllegalArgumentException(
            "optimizer state: \""
                + path
                + "\": expected "
                + Tree.type(target)
                + ", got "
                + Tree.type(tensor));
      }
      arrays.add(tensor);
    });
    for (String path : tensors.keySet()) {
      if (!expected.containsKey(path)) {
        throw new IllegalArgumentException(
            "optimizer state: expected the "
                + expected.size()
                + " arrays of this optimizer, got \""
                + path
                + "\" too");
      }
    }
    return template.withLeaves(arrays);
  }

  /** The names at the top level. */
  public List<String> names() {
    return List.copyOf(nodes.keySet());
  }

  /**
   * The state under a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public OptState child(String name) {
    if (nodes.get(name) instanceof Branch(OptState state)) {
      return state;
    }
    throw missing("a group", name);
  }

  /**
   * The array under a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Array array(String name) {
    if (nodes.get(name) instanceof Leaf(Array array)) {
      return array;
    }
    throw missing("an array", name);
  }

  private IllegalArgumentException missing(String what, String name) {
    return new IllegalArgumentException(
        "optimizer state: expected "
            + what
            + " \""
            + name
            + "\", got "
            + (nodes.isEmpty()
                ? "an empty state"
                : "a state with " + String.join(", ", nodes.keySet()))
            + "; was it made by another transformation?");
  }

  /** The array at a path, if there is one. */
  public Optional<Array> find(String path) {
    if (nodes.get(path) instanceof Leaf(Array array)) {
      return Optional.of(array);
    }
    for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      if (nodes.get(path.substring(0, end)) instanceof Branch(OptState state)) {
        Optional<Array> found = state.find(path.substring(end + 1));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The array at a path.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Array get(String path) {
    return find(path)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "optimizer state: expected one of " + paths() + ", got \"" + path + "\""));
  }

  /**
   * The arrays by path, in order.
   *
   * @throws IllegalStateException if two arrays have the same path, such as {@code a/b} and {@code
   *     b} in {@code a}
   */
  public SequencedMap<String, Array> flatten() {
    SequencedMap<String, Array> flat = new LinkedHashMap<>();
    walk(
        "",
        (path, array) -> {
          if (flat.put(path, array) != null) {
            throw new IllegalStateException(
                "optimizer state: expected paths that differ, got two arrays at \"" + path + "\"");
          }
        });
    return Collections.unmodifiableSequencedMap(flat);
  }

  private void walk(String prefix, BiConsumer<String, Array> visitor) {
    nodes.forEach((name, node) -> {
      switch (node) {
        case Leaf(Array array) -> visitor.accept(prefix + name, array);
        case Branch(OptState state) -> state.walk(prefix + name + "/", visitor);
      }
    });
  }

  @Override
  public List<Array> leaves() {
    List<Array> leaves = new ArrayList<>();
    collect(leaves);
    return Collections.unmodifiableList(leaves);
  }

  private void collect(List<Array> leaves) {
    for (Node node : nodes.values()) {
      switch (node) {
        case Leaf(Array array) -> leaves.add(array);
        case Branch(OptState state) -> state.collect(leaves);
      }
    }
  }

  @Override
  public List<String> paths() {
    return List.copyOf(flatten().keySet());
  }

  @Override
  public OptState withLeaves(List<Array> leaves) {
    int expected = leaves().size();
    if (leaves.size() != expected) {
      throw new IllegalArgumentException(
          "optimizer state: expected " + expected + " arrays, got " + leaves.size());
    }
    return refill(leaves.iterator());
  }

  private OptState refill(Iterator<Array> arrays) {
    SequencedMap<String, Node> copy = LinkedHashMap.newLinkedHashMap(nodes.size());
    nodes.forEach((name, node) ->
        copy.put(
            name,
            switch (node) {
              case Leaf leaf -> new Leaf(arrays.next());
              case Branch(OptState state) -> new Branch(state.refill(arrays));
            }));
    return new OptState(copy);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OptState state && nodes.equals(state.nodes);
  }

  @Override
  public int hashCode() {
    return nodes.hashCode();
  }

  /** A line for each array: its path, type and shape. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    flatten()
        .forEach(
            (path, array) -> text.append(path).append(": ").append(Tree.type(array)).append('\n'));
    return text.toString();
  }
}
