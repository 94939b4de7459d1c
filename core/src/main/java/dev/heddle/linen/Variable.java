package dev.heddle.linen;

import dev.heddle.array.Array;

/** A tensor of a collection, as a module sees it during a call; Flax's {@code Variable}. */
public final class Variable {
  private final Scope scope;
  private final String collection;
  private final String name;

  Variable(Scope scope, String collection, String name) {
    this.scope = scope;
    this.collection = collection;
    this.name = name;
  }

  /** The collection it is in. */
  public String collection() {
    return collection;
  }

  /** The name under its module's path. */
  public String name() {
    return name;
  }

  /**
   * The current value.
   *
   * @throws LinenException.ScopeVariableNotFoundError if it no longer exists
   * @throws LinenException.InvalidScopeError if the call is over
   */
  public Array value() {
    return scope
        .getVariable(collection, name)
        .orElseThrow(
            () -> new LinenException.ScopeVariableNotFoundError(name, collection, scope.path()));
  }

  /**
   * Replaces the value.
   *
   * @throws LinenException.ModifyScopeVariableError if the collection is not mutable
   * @throws LinenException.InvalidScopeError if the call is over
   */
  public void set(Array value) {
    scope.putVariable(collection, name, value);
  }
}
