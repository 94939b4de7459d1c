package dev.heddle.array;

import java.util.ArrayList;
import java.util.List;

/**
 * A pair of trees as one tree, for instance to differentiate by parameters and inputs.
 *
 * @param first its leaves come first, with paths below {@code first}
 * @param second its leaves follow, with paths below {@code second}
 */
public record TreePair<A extends ArrayTree<A>, B extends ArrayTree<B>>(A first, B second)
    implements ArrayTree<TreePair<A, B>> {
  /** Two trees as one. */
  public static <A extends ArrayTree<A>, B extends ArrayTree<B>> TreePair<A, B> of(
      A first, B second) {
    return new TreePair<>(first, second);
  }

  @Override
  public List<Array> leaves() {
    List<Array> all = new ArrayList<>(first.leaves());
    all.addAll(second.leaves());
    return all;
  }

  @Override
  public TreePair<A, B> withLeaves(List<Array> leaves) {
    int own = first.leaves().size();
    int expected = own + second.leaves().size();
    if (leaves.size() != expected) {
      throw new IllegalArgumentException(
          "leaves: expected " + expected + " arrays, got " + leaves.size());
    }
    return of(
        first.withLeaves(leaves.subList(0, own)), second.withLeaves(leaves.subList(own, expected)));
  }

  @Override
  public List<String> paths() {
    List<String> all = new ArrayList<>();
    first.paths().forEach(path -> all.add("first/" + path));
    second.paths().forEach(path -> all.add("second/" + path));
    return all;
  }
}
