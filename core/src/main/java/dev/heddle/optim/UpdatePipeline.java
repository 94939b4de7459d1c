package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Workers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradients on their way to become updates. Work on float32 leaves is collected and then done for a
 * stretch of elements at a time, all of it while the stretch is in the cache; work on others is
 * done at once by array operations.
 */
final class UpdatePipeline<T extends ArrayTree<T>> {
  /** Elements of a task, and of what goes through all the work at once. */
  private static final int PART = 1 << 15;

  private static final int BLOCK = 1 << 11;

  /** Multiply-adds of a product that take as long as one element's way through memory. */
  private static final int COST = 64;

  private final T tree;
  private final T params;
  private final Tree updates;
  private final List<Array> parameters;
  private final List<Leaf> leaves = new ArrayList<>();
  private final Kernels kernels = KernelChoice.current().kernels();
  private final boolean x64;

  private UpdatePipeline(T tree, T params) {
    this.tree = tree;
    this.params = params;
    this.updates = Tree.of("updates", tree).requireFloating();
    this.parameters = Tree.of("params", params).requireFloating().inOrderOf(updates);
    for (Array array : updates.arrays()) {
      leaves.add(new Leaf(array));
    }
    this.x64 = updates.hasFloat64();
  }

  /** Work on some elements of a float32 leaf, in place. */
  interface Pass {
    void run(float[] updates, int from, int n);
  }

  private static final class Leaf {
    Array array;
    float @Nullable [] buffer; // what the work so far makes of the array
    final List<Pass> passes = new ArrayList<>();

    Leaf(Array array) {
      this.array = array;
    }

    void run(int from, int to) {
      float[] out = buffer;
      if (out == null) {
        return;
      }
      float[] in = array.storage().floats();
      for (int at = from; at < to; at += BLOCK) {
        int n = Math.min(BLOCK, to - at);
        System.arraycopy(in, at, out, at, n);
        for (Pass pass : passes) {
          pass.run(out, at, n);
        }
      }
    }
  }

  /**
   * Updates of the types and shapes of the parameters.
   *
   * @throws IllegalArgumentException if they do not belong together
   */
  static <T extends ArrayTree<T>> UpdatePipeline<T> ofGradients(T updates, T params) {
    UpdatePipeline<T> passage = ofUpdates(updates, params);
    for (int i = 0; i < passage.size(); i++) {
      Tree.requireType(
          passage.path(i),
          "argument \"updates\"",
          passage.param(i).dtype(),
          passage.leaves.get(i).array);
    }
    return passage;
  }

  /** Updates of the shapes of the parameters. */
  static <T extends ArrayTree<T>> UpdatePipeline<T> ofUpdates(T updates, T params) {
    UpdatePipeline<T> passage = new UpdatePipeline<>(updates, params);
    for (int i = 0; i < passage.size(); i++) {
      Tree.requireShape(
          passage.path(i), "argument \"updates\"", passage.param(i), passage.leaves.get(i).array);
    }
    return passage;
  }

  int size() {
    return leaves.size();
  }

  String path(int leaf) {
    return updates.paths().get(leaf);
  }

  List<String> paths() {
    return updates.paths();
  }

  T params() {
    return params;
  }

  Array param(int leaf) {
    return parameters.get(leaf);
  }

  /** The type of the leaf after all work so far. */
  DType dtype(int leaf) {
    return leaves.get(leaf).array.dtype(); // work that waits is on float32 and leaves that
  }

  Kernels kernels() {
    return kernels;
  }

  /** Whether a leaf is float64: then numbers are computed as JAX does with 64-bit types on. */
  boolean x64() {
    return x64;
  }

  /**
   * The arrays of a state that has one for each leaf.
   *
   * @param dtype their type, or null for the parameters' own
   * @throws IllegalArgumentException if paths, shapes or types are others
   */
  List<Array> group(OptState state, String name, @Nullable DType dtype) {
    String what = "state \"" + name + "\"";
    List<Array> arrays = Tree.of(what, state.child(name)).inOrderOf(updates);
    for (int i = 0; i < arrays.size(); i++) {
      Tree.requireShape(path(i), what, param(i), arrays.get(i));
      Tree.requireType(path(i), what, dtype == null ? param(i).dtype() : dtype, arrays.get(i));
    }
    return arrays;
  }

  /** Whether a leaf and these arrays are float32 that nobody listens to. */
  boolean isPlain(int leaf, Array... others) {
    for (Array other : others) {
      if (!isPlain(other)) {
        return false;
      }
    }
    return isPlain(leaves.get(leaf).array);
  }

  private static boolean isPlain(Array array) {
    return array.dtype() == DType.FLOAT32 && array.tracer() == null;
  }

  /** Adds work on a {@link #isPlain plain} leaf. */
  void add(int leaf, Pass pass) {
    Leaf at = leaves.get(leaf);
    if (at.buffer == null) {
      at.buffer = new float[at.array.size()];
    }
    at.passes.add(pass);
  }

  /** The leaf after all work so far. */
  Array array(int leaf) {
    if (leaves.get(leaf).buffer != null) {
      flush();
    }
    return leaves.get(leaf).array;
  }

  /** Puts another array in the place of a leaf. */
  void set(int leaf, Array array) {
    Leaf at = leaves.get(leaf);
    at.array = array;
    at.buffer = null;
    at.passes.clear();
  }

  /** The tree after all work so far. */
  T tree() {
    return tree.withLeaves(arrays());
  }

  /** The leaves after all work so far. */
  List<Array> arrays() {
    flush();
    return leaves.stream().map(leaf -> leaf.array).toList();
  }

  /** Puts another tree in the place of this one. */
  void set(T other) {
    List<Array> arrays = Tree.of("updates", other).requireFloating().inOrderOf(updates);
    for (int i = 0; i < arrays.size(); i++) {
      Tree.requireShape(path(i), "argument \"updates\"", param(i), arrays.get(i));
      set(i, arrays.get(i));
    }
  }

  private record Part(Leaf leaf, int from, int to) {}

  private void flush() {
    List<Part> parts = new ArrayList<>();
    long elements = 0;
    for (Leaf leaf : leaves) {
      if (leaf.buffer != null) {
        int n = leaf.array.size();
        for (int from = 0; from < n; from += PART) {
          parts.add(new Part(leaf, from, Math.min(n, from + PART)));
        }
        elements += n;
      }
    }
    Workers.run(
        parts.size(),
        elements * COST,
        i -> {
          Part part = parts.get(i);
          part.leaf.run(part.from, part.to);
        });
    for (Leaf leaf : leaves) {
      float[] done = leaf.buffer;
      if (done != null) {
        leaf.array = Array.wrap(new Storage.F32(done), leaf.array.shape());
        leaf.buffer = null;
        leaf.passes.clear();
      }
    }
  }
}
