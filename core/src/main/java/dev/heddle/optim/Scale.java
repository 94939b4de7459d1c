package dev.heddle.optim;

import dev.heddle.array.ArrayTree;

/** Updates times a number, or times one for each step. */
final class Scale extends FusableTransformation {
  private final Rate rate;
  private final int sign;

  /**
   * @param sign 1 or -1, which the number is multiplied by
   */
  Scale(Rate rate, int sign) {
    this.rate = rate;
    this.sign = sign;
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    return rate.begin();
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    double factor = sign * rate.now(state);
    float narrow = (float) factor;
    for (int i = 0; i < work.size(); i++) {
      if (work.isPlain(i)) {
        work.add(i, (updates, from, n) -> work.kernels().scale(narrow, updates, from, n));
      } else {
        work.set(i, work.array(i).times(factor));
      }
    }
    return rate.next(state);
  }

  @Override
  public String toString() {
    return "scale(" + (sign < 0 ? "-" : "") + rate + ")";
  }
}
