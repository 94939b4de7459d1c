package dev.heddle.optim;

import org.jspecify.annotations.Nullable;

/** A constant or a schedule. */
record Rate(double number, @Nullable Schedule schedule) {
  static Rate of(String where, String argument, double number) {
    return new Rate(Arguments.atLeast(where, argument, number, 0), null);
  }

  static Rate of(Schedule schedule) {
    return new Rate(0, schedule);
  }

  /** The initial state: a step count for a schedule, nothing for a constant. */
  OptState initState() {
    return schedule == null
        ? OptState.empty()
        : OptState.empty().with("count", FusableTransformation.number(0));
  }

  double now(OptState state) {
    return schedule == null ? number : schedule.at(FusableTransformation.count(state, "count"));
  }

  OptState next(OptState state) {
    return schedule == null
        ? state
        : OptState.empty()
            .with(
                "count",
                FusableTransformation.number(
                    FusableTransformation.increment(FusableTransformation.count(state, "count"))));
  }

  /** The constant, or "schedule". */
  @Override
  public String toString() {
    return schedule == null ? Double.toString(number) : "schedule";
  }
}
