package dev.heddle.linen;

import dev.heddle.linen.VariableTree.Branch;
import dev.heddle.random.Key;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One init or apply while it runs: the variables as they are now, the random streams, and which
 * module was bound where. Confined to the thread of its call.
 */
final class Run {
  private final Map<String, Key> rngs;
  private final boolean separated;
  private final boolean x64;
  private final Mutable mutable;
  private final boolean initializing;
  private final @Nullable Capture capture;
  private final @Nullable Tabulation tabulation;
  private final Map<Module<?, ?>, Place> bound = new IdentityHashMap<>();
  private Branch variables;
  private boolean over;

  Run(
      Variables variables,
      Rngs rngs,
      boolean x64,
      Mutable mutable,
      boolean initializing,
      @Nullable Capture capture,
      @Nullable Tabulation tabulation) {
    if (variables.root().at(List.of("params", "params")) != null) {
      throw new LinenException.ApplyScopeInvalidVariablesStructureError();
    }
    this.variables = variables.root();
    this.rngs = rngs.keys(x64);
    this.separated = rngs.fixesSeparator();
    this.x64 = x64;
    this.mutable = mutable;
    this.initializing = initializing;
    this.capture = capture;
    this.tabulation = tabulation;
  }

  /** Calls the root module and returns its output with the collections it may write. */
  <I, O> Applied<O> call(Module<I, O> root, I input) {
    return finish(root, place -> call(place, root, input));
  }

  /** Runs another method of the root module; as {@link #call(Module, Object)}. */
  <R> Applied<R> run(Module<?, ?> root, Function<Scope, R> body) {
    return finish(root, place -> within(place, root, body));
  }

  private <R> Applied<R> finish(Module<?, ?> root, Function<Place, R> body) {
    Place place = Place.root();
    bound.put(root, place);
    try {
      R output = body.apply(place);
      return new Applied<>(output, written());
    } finally {
      over = true;
    }
  }

  private Variables written() {
    if (mutable.equals(Mutable.none())) {
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

  /** Calls a module at its place. */
  <J, P> P call(Place place, Module<J, P> module, J input) {
    return within(
        place,
        module,
        scope -> {
          Tabulation.Row row =
              tabulation == null
                  ? null
                  : tabulation.open(place, module, module.describeInput(input));
          P output = module.call(scope, input);
          if (row != null) {
            row.close(module.describeOutput(output));
          }
          if (capture != null && capture.test(module, "__call__")) {
            scope.capture("__call__", output);
          }
          return output;
        });
  }

  /** Runs a body in a fresh scope at a place; names are free again, counts of draws go on. */
  <R> R within(Place place, Module<?, ?> module, Function<Scope, R> body) {
    Scope scope = new Scope(this, place, module.typeName());
    try {
      return body.apply(scope);
    } finally {
      scope.close();
    }
  }

  /** Where a module was bound in this run, or null. */
  @Nullable Place placeOf(Module<?, ?> module) {
    return bound.get(module);
  }

  void bind(Module<?, ?> module, Place place) {
    bound.putIfAbsent(module, place);
  }

  Branch variables() {
    return variables;
  }

  void put(List<String> path, VariableTree value) {
    variables = variables.with(path, value);
  }

  boolean isMutable(String collection) {
    return mutable.includes(collection);
  }

  boolean isEmpty(String collection) {
    return !(variables.children().get(collection) instanceof Branch branch)
        || branch.children().isEmpty();
  }

  boolean hasRng(String stream) {
    return rngs.containsKey(stream);
  }

  /** The next key of a stream at a place; of {@code params} where there is no such stream. */
  Key draw(String stream, Place place) {
    String from = rngs.containsKey(stream) ? stream : "params";
    Key base = rngs.get(from);
    if (base == null) {
      throw new LinenException.InvalidRngError(
          stream, place.path(), rngs.isEmpty() ? "no streams" : "streams " + rngs.keySet());
    }
    return PathFold.fold(base, place.names(), place.nextDraw(from), separated);
  }

  boolean x64() {
    return x64;
  }

  boolean isPlain() {
    return !initializing && capture == null && tabulation == null && !mutable.includes("params");
  }

  boolean isInitializing() {
    return initializing;
  }

  boolean isOver() {
    return over;
  }
}
