package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Transformations one after another; their states are named 0, 1, ... */
final class Chain extends FusableTransformation {
  private final List<GradientTransformation> links;

  Chain(GradientTransformation... links) {
    this.links = List.of(links);
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    return OptState.ofStates(links.stream().map(link -> link.init(params)).toList());
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    if (state.names().size() != links.size()) {
      throw new IllegalArgumentException(
          "optimizer state: expected that of a chain of %d transformations, got %d entries"
              .formatted(links.size(), state.names().size()));
    }
    List<OptState> next = new ArrayList<>();
    for (int i = 0; i < links.size(); i++) {
      next.add(pass(links.get(i), work, state.child(Integer.toString(i))));
    }
    return OptState.ofStates(next);
  }

  @Override
  public String toString() {
    return links.stream().map(Object::toString).collect(Collectors.joining(", ", "chain(", ")"));
  }
}
