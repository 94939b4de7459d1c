package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import java.util.List;
import java.util.stream.Collectors;

/** Transformations one after another; their states are named 0, 1, ... */
final class Chain extends Stage {
  private final List<GradientTransformation> links;

  Chain(GradientTransformation... links) {
    this.links = List.of(links);
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    OptState state = OptState.empty();
    for (int i = 0; i < links.size(); i++) {
      state = state.with(Integer.toString(i), links.get(i).init(params));
    }
    return state;
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(Passage<T> work, OptState state) {
    if (state.names().size() != links.size()) {
      throw new IllegalArgumentException(
          "optimizer state: expected that of a chain of %d transformations, got %d entries"
              .formatted(links.size(), state.names().size()));
    }
    OptState next = OptState.empty();
    for (int i = 0; i < links.size(); i++) {
      String name = Integer.toString(i);
      next = next.with(name, pass(links.get(i), work, state.child(name)));
    }
    return next;
  }

  @Override
  public String toString() {
    return links.stream().map(Object::toString).collect(Collectors.joining(", ", "chain(", ")"));
  }
}
