package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.TreeLeaves;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
import dev.heddle.kernel.Workers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transforms gradients into updates. The passes over float32 leaves are collected and then run
 * together, block by block, while a block is in the cache; other leaves are transformed immediately
 * by array operations.
 */
final class UpdatePipeline<T extends ArrayTree<T>> {
  /** Elements of a task. */
  private static final int CHUNK_SIZE = 1 << 15;

  /** Elements that go through all passes while they are in the cache. */
  private static final int BLOCK = 1 << 11;

  /** The cost of one element in multiply-adds, roughly. */
  private static final int COST = 64;

  private final T tree;
  private final T params;
  private final TreeLeaves updates;
  private final List<Array> parameters;
  private final List<Leaf> leaves = new ArrayList<>();
  private final Kernels kernels = KernelChoice.current().kernels();
  private final boolean x64;

  private UpdatePipeline(T tree, T params) {
    this.tree = tree;
    this.params = params;
    this.updates = Arguments.floating("updates", tree);
    this.parameters = Arguments.floating("params", params).inOrderOf(updates);
    for (Array array : updates.arrays()) {
      leaves.add(new Leaf(array));
    }
    this.x64 = updates.arrays().stream().anyMatch(array -> array.dtype() == DType.FLOAT64);
  }

  /** An in-place transformation of some elements of a float32 leaf. */
  interface Pass {
    void run(float[] updates, int from, int n);
  }

  private static final class Leaf {
    Array array;
    float @Nullable [] buffer; // the passes' output; null without passes
    final List<Pass> passes = new ArrayList<>();

    Leaf(Array array) {
      this.array = array;
    }

    void run(int from, int to) {
      float[] out = buffer;
      if (out == null) {
        return;
      }
      float[] in = ArrayInternals.floats(array);
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
   * @throws IllegalArgumentException if paths, shapes or types differ
   */
  static <T extends ArrayTree<T>> UpdatePipeline<T> ofGradients(T updates, T params) {
    UpdatePipeline<T> pipeline = ofUpdates(updates, params);
    for (int i = 0; i < pipeline.size(); i++) {
      Arguments.dtype(
          pipeline.path(i),
          "argument \"updates\"",
          pipeline.param(i).dtype(),
          pipeline.leaves.get(i).array);
    }
    return pipeline;
  }

  /** Updates of the shapes of the parameters. */
  static <T extends ArrayTree<T>> UpdatePipeline<T> ofUpdates(T updates, T params) {
    UpdatePipeline<T> pipeline = new UpdatePipeline<>(updates, params);
    for (int i = 0; i < pipeline.size(); i++) {
      Arguments.shape(
          pipeline.path(i),
          "argument \"updates\"",
          pipeline.param(i),
          pipeline.leaves.get(i).array);
    }
    return pipeline;
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

  /** The type of the leaf after all passes so far. */
  DType dtype(int leaf) {
    return leaves.get(leaf).array.dtype(); // pending passes are float32 to float32
  }

  Kernels kernels() {
    return kernels;
  }

  /** Whether a leaf is float64; scalars are then computed as in JAX with x64 enabled. */
  boolean x64() {
    return x64;
  }

  /**
   * The arrays of a state that has one array for each leaf.
   *
   * @param dtype their type, or null for the parameters' own
   * @throws IllegalArgumentException if paths, shapes or types differ
   */
  List<Array> group(OptState state, String name, @Nullable DType dtype) {
    String what = "state \"" + name + "\"";
    List<Array> arrays = TreeLeaves.of(what, state.child(name)).inOrderOf(updates);
    for (int i = 0; i < arrays.size(); i++) {
      Arguments.shape(path(i), what, param(i), arrays.get(i));
      Arguments.dtype(path(i), what, dtype == null ? param(i).dtype() : dtype, arrays.get(i));
    }
    return arrays;
  }

  /** Whether a leaf and these arrays are float32 and not traced. */
  boolean isFusable(int leaf, Array... others) {
    for (Array other : others) {
      if (!isFusable(other)) {
        return false;
      }
    }
    return isFusable(leaves.get(leaf).array);
  }

  private static boolean isFusable(Array array) {
    return array.dtype() == DType.FLOAT32 && array.tracer() == null;
  }

  /** Adds a pass over a leaf that {@link #isFusable}. */
  void add(int leaf, Pass pass) {
    Leaf at = leaves.get(leaf);
    if (at.buffer == null) {
      at.buffer = new float[at.array.size()];
    }
    at.passes.add(pass);
  }

  /** The leaf after all passes so far. */
  Array array(int leaf) {
    if (leaves.get(leaf).buffer != null) {
      flush();
    }
    return leaves.get(leaf).array;
  }

  /** Replaces a leaf. */
  void set(int leaf, Array array) {
    Leaf at = leaves.get(leaf);
    at.array = array;
    at.buffer = null;
    at.passes.clear();
  }

  /** The tree after all passes so far. */
  T tree() {
    return tree.withLeaves(arrays());
  }

  /** The leaves after all passes so far. */
  List<Array> arrays() {
    flush();
    return leaves.stream().map(leaf -> leaf.array).toList();
  }

  /** Replaces the tree. */
  void set(T other) {
    List<Array> arrays = Arguments.floating("updates", other).inOrderOf(updates);
    for (int i = 0; i < arrays.size(); i++) {
      Arguments.shape(path(i), "argument \"updates\"", param(i), arrays.get(i));
      set(i, arrays.get(i));
    }
  }

  private record Chunk(Leaf leaf, int from, int to) {}

  private void flush() {
    List<Chunk> chunks = new ArrayList<>();
    long elements = 0;
    for (Leaf leaf : leaves) {
      if (leaf.buffer != null) {
        int n = leaf.array.size();
        for (int from = 0; from < n; from += CHUNK_SIZE) {
          chunks.add(new Chunk(leaf, from, Math.min(n, from + CHUNK_SIZE)));
        }
        elements += n;
      }
    }
    Workers.run(
        chunks.size(),
        elements * COST,
        i -> {
          Chunk chunk = chunks.get(i);
          chunk.leaf.run(chunk.from, chunk.to);
        });
    for (Leaf leaf : leaves) {
      float[] done = leaf.buffer;
      if (done != null) {
        leaf.array = ArrayInternals.wrap(done, leaf.array.shape());
        leaf.buffer = null;
        leaf.passes.clear();
      }
    }
  }
}
