package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.NamedTree;
import dev.heddle.array.NamedTree.Branch;
import dev.heddle.array.NamedTree.Leaf;
import dev.heddle.linen.internal.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a module: collections ({@code params}, {@code cache}, {@code intermediates}, ...)
 * of nested names, in the order of creation. An immutable value.
 *
 * <pre>{@code
 * Variables variables = attention.init(Rngs.of(0), x, x);
 * variables.get("params/query/kernel"); // float32 [16, 4, 4]
 * variables.merge(step.variables());    // the cache of a step for the next one
 * System.out.println(variables);        // a table of paths, types, shapes and sizes
 * }</pre>
 *
 * <p>The names of a path are separated by {@code /}; the elements of a tuple, such as the values of
 * {@link Scope#sow}, are {@code 0}, {@code 1}, ... Two trees are equal if they have the same
 * tensors at the same paths, in any order.
 */
public final class Variables implements ArrayTree<Variables> {
  private static final Variables EMPTY = new Variables(Branch.EMPTY);

  private final Branch root;

  Variables(Branch root) {
    this.root = root;
  }

  /** No collections. */
  public static Variables empty() {
    return EMPTY;
  }

  /**
   * The tree of tensors with flat paths, as in files: {@code params/query/kernel}.
   *
   * @throws LinenException.ApplyScopeInvalidVariablesTypeError if a path has no collection or an
   *     empty name
   * @throws IllegalArgumentException if a path leads through another one's tensor
   */
  public static Variables of(Map<String, Array> tensors) {
    Branch root = Branch.EMPTY;
    Object owner = new Object();
    for (Map.Entry<String, Array> tensor : tensors.entrySet()) {
      root = root.with(names(tensor.getKey()), new Leaf(tensor.getValue()), owner);
    }
    return new Variables(root);
  }

  private static List<String> names(String path) {
    List<String> names = List.of(path.split("/", -1));
    if (names.size() < 2 || names.contains("")) {
      throw new LinenException.ApplyScopeInvalidVariablesTypeError(path);
    }
    return names;
  }

  Branch root() {
    return root;
  }

  /** The names of the collections. */
  public List<String> collections() {
    return List.copyOf(root.children().keySet());
  }

  /** A collection alone, under its name; empty if there is none. */
  public Variables collection(String name) {
    NamedTree collection = root.children().get(name);
    return collection == null ? EMPTY : new Variables(Branch.EMPTY.with(name, collection));
  }

  /** All collections except one. */
  public Variables without(String collection) {
    return new Variables(root.without(collection));
  }

  /** The tensor at a path, if there is one. */
  public Optional<Array> find(String path) {
    return Optional.ofNullable(root.find(path));
  }

  /**
   * The tensor at a path.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Array get(String path) {
    return find(path)
        .orElseThrow(() -> {
          Set<String> paths = flatten().sequencedKeySet();
          return new IllegalArgumentException(
              "variables: expected the path of one of %s tensors, got \"%s\"%s"
                  .formatted(paths.size(), path, Nearest.suggestion(path, paths)));
        });
  }

  /**
   * The tensors of a tuple, as {@code intermediates/attention_weights}; none if there is no entry.
   *
   * @throws IllegalArgumentException if the entry is not a tuple
   */
  public List<Array> tuple(String path) {
    NamedTree node = root.at(List.of(path.split("/", -1)));
    if (node == null) {
      return List.of();
    }
    List<Array> arrays = new ArrayList<>();
    if (node instanceof Branch branch && branch.isTuple()) {
      for (NamedTree element : branch.elements()) {
        if (element instanceof Leaf(Array array)) {
          arrays.add(array);
        }
      }
      if (arrays.size() == branch.children().size()) {
        return List.copyOf(arrays);
      }
    }
    throw new IllegalArgumentException(
        "variables: expected \"" + path + "\" to be a tuple of tensors, got another kind of entry");
  }

  /**
   * The tree with a tensor added or replaced.
   *
   * @throws LinenException.ApplyScopeInvalidVariablesTypeError if the path has no collection or an
   *     empty name
   * @throws IllegalArgumentException if it leads through a tensor, or to a group of them
   */
  public Variables with(String path, Array array) {
    return new Variables(root.with(names(path), new Leaf(array)));
  }

  /**
   * Both trees' tensors; where both have one, that of {@code later}.
   *
   * @throws IllegalArgumentException if one has a tensor where the other has a group
   */
  public Variables merge(Variables later) {
    return new Variables(root.merge(later.root));
  }

  /** The tensors by their paths, in order. */
  public SequencedMap<String, Array> flatten() {
    return root.flatten();
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
  public Variables withLeaves(List<Array> leaves) {
    return new Variables(root.withLeaves(leaves));
  }

  /** Whether one of the tensors is float64; looked up once. */
  boolean hasFloat64() {
    return root.hasFloat64();
  }

  /** Whether there is no tensor. */
  public boolean isEmpty() {
    return leaves().isEmpty();
  }

  /** The number of elements of all tensors. */
  public long size() {
    return leaves().stream().mapToLong(Array::size).sum();
  }

  /** The number of bytes of all tensors' elements. */
  public long bytes() {
    return leaves().stream().mapToLong(Variables::bytes).sum();
  }

  private static long bytes(Array array) {
    return (long) array.size() * array.dtype().itemSize();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Variables variables && root.equals(variables.root);
  }

  @Override
  public int hashCode() {
    return root.hashCode();
  }

  /** A table: a line for each tensor with its path, type, shape, elements and bytes; the totals. */
  @Override
  public String toString() {
    TextTable table = new TextTable(Set.of(3, 4), "path", "dtype", "shape", "size", "bytes");
    flatten()
        .forEach((path, array) ->
            table.row(
                path,
                array.dtype().toString(),
                array.shape().toString(),
                TextTable.number(array.size()),
                TextTable.number(bytes(array))));
    table.row("total", "", "", TextTable.number(size()), TextTable.number(bytes()));
    return table.toString();
  }
}
