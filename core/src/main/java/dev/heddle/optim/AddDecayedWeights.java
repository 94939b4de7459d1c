package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import org.jspecify.annotations.Nullable;

/** Updates plus the parameters times a number, where a mask says so. */
final class AddDecayedWeights extends FusableTransformation {
  private static final String MASKED = "inner_state";

  private final Rate weightDecay;
  private final @Nullable Mask mask;

  AddDecayedWeights(Rate weightDecay, @Nullable Mask mask) {
    this.weightDecay = weightDecay;
    this.mask = mask;
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    OptState state = weightDecay.begin();
    return mask == null ? state : OptState.empty().with(MASKED, state);
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    OptState inner = mask == null ? state : state.child(MASKED);
    double factor = weightDecay.now(inner);
    if (factor != 0 || weightDecay.schedule() != null) {
      for (int i = 0; i < work.size(); i++) {
        if (mask == null || mask.includes(work.path(i), work.param(i))) {
          add(work, i, factor);
        }
      }
    }
    OptState next = weightDecay.next(inner);
    return mask == null ? next : OptState.empty().with(MASKED, next);
  }

  private static void add(UpdatePipeline<?> work, int leaf, double factor) {
    Array param = work.param(leaf);
    if (work.isPlain(leaf, param)) {
      float narrow = (float) factor;
      float[] values = param.storage().floats();
      work.add(
          leaf, (updates, from, n) -> work.kernels().addScaled(narrow, values, updates, from, n));
    } else {
      work.set(leaf, work.array(leaf).plus(param.times(factor)));
    }
  }

  /** The settings as Optax names them. */
  @Override
  public String toString() {
    return "add_decayed_weights(weight_decay=%s%s)"
        .formatted(weightDecay, mask == null ? "" : ", mask");
  }
}
