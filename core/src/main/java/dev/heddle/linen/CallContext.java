package dev.heddle.linen;

import dev.heddle.linen.VariableTree.Branch;
import dev.heddle.random.Key;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One init or apply while it runs: the variables as they are now, the random streams, and which
 * module was bound where. Confined to the thread of its call.
 */
final class CallContext {
  private final Rngs rngs;
  private final boolean x64;
  private final Mutable mutable;
  private final boolean initializing;
  private final @Nullable Capture capture;
  private final @Nullable Tabulation tabulation;
  private final ModulePaths bound = new ModulePaths();
  private final Object owner = new Object(); // of the branches that this run has made
  private @Nullable Map<String, Key> keys; // made for the first draw
  private Branch variables;
  private boolean over;

  CallContext(
      Variables variables,
      Rngs rngs,
      boolean x64,
      Mutable mutable,
      boolean initializing,
      @Nullable Capture capture,
      @Nullable Tabulation tabulation) {
    this.variables = variables.root();
    if (this.variables.children().get("params") instanceof Branch params
        && params.children().containsKey("params")) {
      throw new LinenException.ApplyScopeInvalidVariablesStructureError();
    }
    this.rngs = rngs;
    this.x64 = x64;
    this.mutable = mutable;
    this.initializing = initializing;
    this.capture = capture;
    this.tabulation = tabulation;
  }

  /** Calls the root module and returns its output with the collections it may write. */
  <I, O> Applied<O> call(Module<I, O> root, I input) {
    ModulePath place = ModulePath.root();
    bound.bind(root, place);
    try {
      O output = call(place, root, input);
      return new Applied<>(output, written());
    } finally {
      over = true;
    }
  }

  /** Runs another method of the root module; as {@link #call(Module, Object)}. */
  <R> Applied<R> run(Module<?, ?> root, Function<Scope, R> body) {
    ModulePath place = ModulePath.root();
    bound.bind(root, place);
    try {
      R output = within(place, root, body);
      return new Applied<>(output, written());
    } finally {
      over = true;
    }
  }

  private Variables written() {
    if (mutable.isNone()) {
      return Variables.empty();
    }
    Branch result = variables;
    for (String collection : variables.children().keySet()) {
      if (!mutable.includes(collection)) {
        result = result.without(collection);
      }
    }
    return new Variables(result);
  }

  /** Calls a module at its place, in a fresh scope; as {@link #within}. */
  <J, P> P call(ModulePath place, Module<J, P> module, J input) {
    Scope scope = new Scope(this, place, module);
    try {
      return tabulation == null && capture == null
          ? module.call(scope, input)
          : observed(place, module, scope, input);
    } finally {
      scope.close();
    }
  }

  private <J, P> P observed(ModulePath place, Module<J, P> module, Scope scope, J input) {
    Tabulation.Row row =
        tabulation == null ? null : tabulation.open(place, module, module.describeInput(input));
    P output = module.call(scope, input);
    if (row != null) {
      row.close(module.describeOutput(output));
    }
    if (capture != null && capture.test(module, "__call__")) {
      scope.capture("__call__", output);
    }
    return output;
  }

  /** Runs a body in a fresh scope at a place; names are free again, counts of draws go on. */
  <R> R within(ModulePath place, Module<?, ?> module, Function<Scope, R> body) {
    Scope scope = new Scope(this, place, module);
    try {
      return body.apply(scope);
    } finally {
      scope.close();
    }
  }

  /** Where a module was bound in this run, or null. */
  @Nullable ModulePath placeOf(Module<?, ?> module) {
    return bound.placeOf(module);
  }

  void bind(Module<?, ?> module, ModulePath place) {
    bound.bind(module, place);
  }

  Branch variables() {
    return variables;
  }

  void put(List<String> path, VariableTree value) {
    variables = variables.with(path, value, owner);
  }

  boolean isMutable(String collection) {
    return mutable.includes(collection);
  }

  boolean isEmpty(String collection) {
    return !(variables.children().get(collection) instanceof Branch branch)
        || branch.children().isEmpty();
  }

  boolean hasRng(String stream) {
    return rngs.has(stream);
  }

  /** The next key of a stream at a place; of {@code params} where there is no such stream. */
  Key draw(String stream, ModulePath place) {
    if (keys == null) {
      keys = rngs.keys(x64);
    }
    String from = keys.containsKey(stream) ? stream : "params";
    Key base = keys.get(from);
    if (base == null) {
      throw new LinenException.InvalidRngError(
          stream, place.path(), keys.isEmpty() ? "no streams" : "streams " + keys.keySet());
    }
    return LazyRng.fold(base, place.names(), place.nextDraw(from), rngs.fixesSeparator());
  }

  /** Whether calls of modules are captured or tabulated. */
  boolean isObserved() {
    return capture != null || tabulation != null;
  }

  boolean x64() {
    return x64;
  }

  boolean isInitializing() {
    return initializing;
  }

  boolean isOver() {
    return over;
  }
}
