package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.NamedTree;
import dev.heddle.array.NamedTree.Branch;
import dev.heddle.array.NamedTree.Leaf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
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
  private static final OptState EMPTY = new OptState(Branch.EMPTY);

  private final Branch root;

  private OptState(Branch root) {
    this.root = root;
  }

  /** A state without arrays. */
  public static OptState empty() {
    return EMPTY;
  }

  /** This state with an array added or replaced. */
  public OptState with(String name, Array array) {
    return new OptState(root.with(name, new Leaf(array)));
  }

  /** This state with a tree, such as another state, added or replaced under a name. */
  public OptState with(String name, ArrayTree<?> tree) {
    Branch branch =
        tree instanceof OptState state ? state.root : Branch.of(tree.paths(), tree.leaves());
    return new OptState(root.with(name, branch));
  }

  /** States under the names 0, 1, ... */
  static OptState ofStates(List<OptState> states) {
    SequencedMap<String, NamedTree> children = LinkedHashMap.newLinkedHashMap(states.size());
    for (OptState state : states) {
      children.put(Integer.toString(children.size()), state.root);
    }
    return new OptState(new Branch(children));
  }

  /** Arrays under their paths. */
  static OptState of(List<String> paths, List<Array> arrays) {
    return new OptState(Branch.of(paths, arrays));
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
            "optimizer state: expected \"" + path + "\", " + Arguments.type(target) + ", got none");
      }
      if (tensor.dtype() != target.dtype() || !tensor.shape().equals(target.shape())) {
        throw new IllegalArgumentException(
            "optimizer state: \"%s\": expected %s, got %s"
                .formatted(path, Arguments.type(target), Arguments.type(tensor)));
      }
      arrays.add(tensor);
    });
    for (String path : tensors.keySet()) {
      if (!expected.containsKey(path)) {
        throw new IllegalArgumentException(
            "optimizer state: expected the %s arrays of this optimizer, got \"%s\" too"
                .formatted(expected.size(), path));
      }
    }
    return template.withLeaves(arrays);
  }

  /** The names at the top level. */
  public List<String> names() {
    return List.copyOf(root.children().keySet());
  }

  /**
   * The state under a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public OptState child(String name) {
    if (root.children().get(name) instanceof Branch branch) {
      return new OptState(branch);
    }
    throw missing("a group", name);
  }

  /**
   * The array under a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Array array(String name) {
    if (root.children().get(name) instanceof Leaf(Array array)) {
      return array;
    }
    throw missing("an array", name);
  }

  private IllegalArgumentException missing(String what, String name) {
    return new IllegalArgumentException(
        "optimizer state: expected %s \"%s\", got %s; was it made by another transformation?"
            .formatted(
                what,
                name,
                names().isEmpty()
                    ? "an empty state"
                    : "a state with " + String.join(", ", names())));
  }

  /** The array at a path, if there is one. */
  public Optional<Array> find(String path) {
    return Optional.ofNullable(root.find(path));
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
    return Collections.unmodifiableSequencedMap(root.flatten());
  }

  @Override
  public List<Array> leaves() {
    return root.leaves();
  }

  @Override
  public List<String> paths() {
    return List.copyOf(flatten().keySet());
  }

  @Override
  public OptState withLeaves(List<Array> leaves) {
    return new OptState(root.withLeaves(leaves));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OptState state && root.equals(state.root);
  }

  @Override
  public int hashCode() {
    return root.hashCode();
  }

  /** A line for each array: its path, type and shape. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    flatten()
        .forEach((path, array) ->
            text.append(path).append(": ").append(Arguments.type(array)).append('\n'));
    return text.toString();
  }
}
