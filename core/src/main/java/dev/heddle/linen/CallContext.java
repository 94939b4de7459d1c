package dev.heddle.linen;

import dev.heddle.array.ArrayTree;
import dev.heddle.array.NamedTree;
import dev.heddle.array.NamedTree.Branch;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.random.Key;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state of a running init or apply: the current variables, the random streams, and the paths of
 * bound modules. Confined to the thread of its call.
 */
final class CallContext {
  private final Rngs rngs;
  private final boolean x64;
  private final Mutable mutable;
  private final boolean initializing;
  private final @Nullable Capture capture;
  private final @Nullable Tabulation tabulation;
  private final ModulePaths paths = new ModulePaths();
  private final Object owner = new Object(); // of the branches that this call has made
  private @Nullable Map<String, Key> keys; // made at the first draw
  private Branch variables;
  private boolean isOver;

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

  /** Calls the root module and returns its output with the mutable collections. */
  <I, O> Applied<O> call(Module<I, O> root, I input) {
    ModulePath path = ModulePath.root();
    paths.bind(root, path);
    try {
      O output = call(path, root, input);
      return new Applied<>(output, written());
    } finally {
      isOver = true;
    }
  }

  /** Runs another method of the root module; as {@link #call(Module, Object)}. */
  <R> Applied<R> run(Module<?, ?> root, Function<Scope, R> body) {
    ModulePath path = ModulePath.root();
    paths.bind(root, path);
    try {
      R output = within(path, root, body);
      return new Applied<>(output, written());
    } finally {
      isOver = true;
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

  /** Calls a module in a new scope; as {@link #within}. */
  <J, P> P call(ModulePath path, Module<J, P> module, J input) {
    Scope scope = new Scope(this, path, module);
    try {
      return tabulation == null && capture == null
          ? module.call(scope, input)
          : observed(path, module, scope, input);
    } finally {
      scope.close();
    }
  }

  private <J, P> P observed(ModulePath path, Module<J, P> module, Scope scope, J input) {
    Tabulation.Row row =
        tabulation == null ? null : tabulation.open(path, module, module.describeInput(input));
    P output = module.call(scope, input);
    if (row != null) {
      row.close(module.describeOutput(output));
    }
    if (capture != null && capture.test(module, "__call__")) {
      scope.capture("__call__", output);
    }
    return output;
  }

  /** Runs a body in a new scope of a module: its names are free, its random streams continue. */
  <R> R within(ModulePath path, Module<?, ?> module, Function<Scope, R> body) {
    Scope scope = new Scope(this, path, module);
    try {
      return body.apply(scope);
    } finally {
      scope.close();
    }
  }

  /**
   * Calls a module as {@link #call(ModulePath, Module, Object)}; differentiation keeps only the
   * input and the variables, and calls it again in the backward pass. A call that creates, writes
   * or observes variables is an ordinary one.
   */
  <J extends ArrayTree<J>, P extends ArrayTree<P>> P checkpoint(
      ModulePath path, Module<J, P> module, J input) {
    if (initializing || !mutable.isNone() || capture != null || tabulation != null) {
      return call(path, module, input);
    }
    Map<ModulePath, ModulePath> copied = new IdentityHashMap<>();
    CallContext before = copy(path, copied);
    ModulePath pathBefore = Objects.requireNonNull(copied.get(path));
    AtomicBoolean again = new AtomicBoolean();
    Function<TreePair<Variables, J>, P> program =
        at -> {
          if (!again.getAndSet(true)) {
            return call(path, module, at.second());
          }
          Map<ModulePath, ModulePath> copies = new IdentityHashMap<>();
          CallContext copy =
              before.copy(pathBefore, copies); // it may be called any number of times
          return copy.call(Objects.requireNonNull(copies.get(pathBefore)), module, at.second());
        };
    return Grad.checkpoint(program).apply(TreePair.of(new Variables(variables), input));
  }

  /** A context as this one is now, which draws the same numbers. */
  private CallContext copy(ModulePath path, Map<ModulePath, ModulePath> copies) {
    CallContext copy =
        new CallContext(
            new Variables(variables), rngs, x64, mutable, initializing, capture, tabulation);
    path.copyTree(copies);
    copy.paths.bindAll(paths, copies);
    return copy;
  }

  /** The path at which this call has bound a module, or null. */
  @Nullable ModulePath pathOf(Module<?, ?> module) {
    return paths.pathOf(module);
  }

  void bind(Module<?, ?> module, ModulePath path) {
    paths.bind(module, path);
  }

  Branch variables() {
    return variables;
  }

  void put(List<String> path, NamedTree value) {
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

  /** The next key of a stream for a module; of {@code params} if there is no such stream. */
  Key draw(String stream, ModulePath path) {
    if (keys == null) {
      keys = rngs.keys(x64);
    }
    String from = keys.containsKey(stream) ? stream : "params";
    Key base = keys.get(from);
    if (base == null) {
      throw new LinenException.InvalidRngError(
          stream, path.path(), keys.isEmpty() ? "no streams" : "streams " + keys.keySet());
    }
    return LazyRng.fold(base, path.names(), path.nextDraw(from), rngs.fixesSeparator());
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
    return isOver;
  }
}
