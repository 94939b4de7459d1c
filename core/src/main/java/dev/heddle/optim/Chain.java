package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import java.util.ArrayList;
import java.util.List;

/** Transformations applied in sequence; their states are named 0, 1, ... */
final class Chain extends FusableTransformation {
  private final List<GradientTransformation> transformations;

  Chain(GradientTransformation... transformations) {
    this.transformations = List.of(transformations);
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return OptState.ofStates(
        transformations.stream().map(transformation -> transformation.init(params)).toList());
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    if (state.names().size() != transformations.size()) {
      throw new IllegalArgumentException(
          "optimizer state: expected the state of a chain of %d transformations, got %d entries"
              .formatted(transformations.size(), state.names().size()));
    }
    List<OptState> next = new ArrayList<>();
    for (int i = 0; i < transformations.size(); i++) {
      next.add(apply(transformations.get(i), pipeline, state.child(Integer.toString(i))));
    }
    return OptState.ofStates(next);
  }

  @Override
  Call call() {
    Call call = new Call(transformations.isEmpty() ? "identity" : "chain");
    for (GradientTransformation transformation : transformations) {
      call = call.with("", transformation);
    }
    return call;
  }
}
