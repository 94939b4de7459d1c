package dev.heddle.optim;

import dev.heddle.array.ArrayTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Transformations applied in sequence; their states are named 0, 1, ... */
final class Chain extends FusableTransformation {
  private final List<GradientTransformation> transformations;

  Chain(GradientTransformation... transformations) {
    this.transformations = List.of(transformations);
  }

  /** An optimizer's parts in sequence: the first, weight decay and the negated learning rate. */
  static FusableTransformation of(
      FusableTransformation first, @Nullable AddDecayedWeights decay, @Nullable Rate learningRate) {
    if (decay == null && learningRate == null) {
      return first;
    }
    Scale last = learningRate == null ? null : new Scale(learningRate, -1);
    return new Chain(
        Stream.of(first, decay, last)
            .filter(Objects::nonNull)
            .toArray(GradientTransformation[]::new));
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
