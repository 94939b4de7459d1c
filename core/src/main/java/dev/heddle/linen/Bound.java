package dev.heddle.linen;

import java.util.function.Function;

/**
 * A submodule with its name and place for the length of a call: Flax's module that was constructed
 * in a compact method or assigned in {@code setup}. It may be called many times, each time with the
 * same parameters; its random streams go on. Confined to the thread of the call.
 *
 * @param <J> the submodule's input
 * @param <P> the submodule's output
 */
public final class Bound<J, P> {
  private final CallContext run;
  private final ModulePath place;
  private final Module<J, P> module;

  Bound(CallContext run, ModulePath place, Module<J, P> module) {
    this.run = run;
    this.place = place;
    this.module = module;
  }

  /** The configuration. */
  public Module<J, P> module() {
    return module;
  }

  /** The path, as {@code /encoder/layers_0}. */
  public String path() {
    return place.path();
  }

  /**
   * Calls the submodule.
   *
   * @throws LinenException.InvalidScopeError if the call it was bound for is over
   */
  public P call(J input) {
    requireRunning();
    return run.call(place, module, input);
  }

  /**
   * Runs another method of the submodule in a scope of its own: {@code embed.within(s ->
   * layer.attend(s, x))}.
   *
   * @throws LinenException.InvalidScopeError if the call it was bound for is over
   */
  public <R> R within(Function<Scope, R> body) {
    requireRunning();
    return run.within(place, module, body);
  }

  private void requireRunning() {
    if (run.isOver()) {
      throw new LinenException.InvalidScopeError(place.path());
    }
  }
}
