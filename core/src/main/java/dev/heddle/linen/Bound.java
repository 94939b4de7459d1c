package dev.heddle.linen;

import java.util.function.Function;

/**
 * A submodule bound to its path during one call: Flax's module that was constructed in a compact
 * method or assigned in {@code setup}. It may be called many times, each time with the same
 * parameters; its random streams continue. Confined to the thread of the call.
 *
 * @param <J> the submodule's input
 * @param <P> the submodule's output
 */
public final class Bound<J, P> {
  private final CallContext context;
  private final ModulePath modulePath;
  private final Module<J, P> module;

  Bound(CallContext context, ModulePath modulePath, Module<J, P> module) {
    this.context = context;
    this.modulePath = modulePath;
    this.module = module;
  }

  /** The configuration. */
  public Module<J, P> module() {
    return module;
  }

  /** The path, as {@code /encoder/layers_0}. */
  public String path() {
    return modulePath.path();
  }

  /**
   * Calls the submodule.
   *
   * @throws LinenException.InvalidScopeError if the call that bound it has ended
   */
  public P call(J input) {
    requireRunning();
    return context.call(modulePath, module, input);
  }

  /**
   * Runs another method of the submodule in a scope of its own: {@code embed.within(s ->
   * layer.attend(s, x))}.
   *
   * @throws LinenException.InvalidScopeError if the call that bound it has ended
   */
  public <R> R within(Function<Scope, R> body) {
    requireRunning();
    return context.within(modulePath, module, body);
  }

  private void requireRunning() {
    if (context.isOver()) {
      throw new LinenException.InvalidScopeError(modulePath.path());
    }
  }
}
