package dev.heddle.linen;

import dev.heddle.array.Shape;

/**
 * A misuse for which Flax has an error class. Each subclass has Flax's name, and its documentation
 * gives the cause and the remedy.
 */
public abstract sealed class LinenException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private LinenException(String message) {
    super(message);
  }

  /** The error's name as in Flax, and the message. */
  @Override
  public String toString() {
    return getClass().getSimpleName() + ": " + getMessage();
  }

  /**
   * A required random stream is missing from a call.
   *
   * <p>{@code init} needs {@code params}; dropout needs {@code dropout}, or {@code params} if that
   * is missing. Pass {@code Rngs.of("dropout", seed)}, or disable the random part with {@code
   * deterministic}.
   */
  public static final class InvalidRngError extends LinenException {
    private static final long serialVersionUID = 1L;

    private final String stream;

    InvalidRngError(String stream, String path, String given) {
      super(path + ": random stream \"" + stream + "\": expected a key, got " + given);
      this.stream = stream;
    }

    /** The missing stream. */
    public String stream() {
      return stream;
    }
  }

  /**
   * A parameter is missing from the variables of a call.
   *
   * <p>They belong to another configuration, were loaded incompletely, or the module has another
   * name: compare their paths with those of a new {@code init}.
   */
  public static final class ScopeParamNotFoundError extends LinenException {
    private static final long serialVersionUID = 1L;

    ScopeParamNotFoundError(String name, String path) {
      super(path + ": parameter \"" + name + "\": expected among the variables, got none");
    }
  }

  /**
   * A parameter of the variables has another shape than its module expects.
   *
   * <p>The variables belong to another configuration, or the input has another number of features
   * than at initialization. Shapes are checked before anything is computed; element types are not
   * compared.
   */
  public static final class ScopeParamShapeError extends LinenException {
    private static final long serialVersionUID = 1L;

    ScopeParamShapeError(String name, String path, Shape expected, Object given) {
      super(path + ": parameter \"" + name + "\": expected shape " + expected + ", got " + given);
    }
  }

  /**
   * The collection of a required variable is missing or empty.
   *
   * <p>Pass variables with that collection ({@code variables.merge(cache)}), or let the call create
   * it by naming the collection in {@link Mutable}.
   */
  public static final class ScopeCollectionNotFound extends LinenException {
    private static final long serialVersionUID = 1L;

    ScopeCollectionNotFound(String collection, String name, String path) {
      super(
          "%s: variable \"%s\": expected in collection \"%s\", which is missing or empty"
              .formatted(path, name, collection));
    }
  }

  /**
   * A variable is missing from a collection that has others.
   *
   * <p>The collection belongs to another configuration, or the variable is read before it is
   * created.
   */
  public static final class ScopeVariableNotFoundError extends LinenException {
    private static final long serialVersionUID = 1L;

    ScopeVariableNotFoundError(String name, String collection, String path) {
      super(
          "%s: variable \"%s\": expected in collection \"%s\", got none of that name"
              .formatted(path, name, collection));
    }
  }

  /**
   * A module modifies a variable of a collection that is not mutable.
   *
   * <p>Name its collection: {@code apply(variables, input, rngs, Mutable.of("cache"))}, and use the
   * returned variables in later calls.
   */
  public static final class ModifyScopeVariableError extends LinenException {
    private static final long serialVersionUID = 1L;

    private final String collection;

    ModifyScopeVariableError(String collection, String name, String path) {
      super(
          ("%s: variable \"%s\": expected collection \"%s\" to be mutable in this call, got"
                  + " one that is not")
              .formatted(path, name, collection));
      this.collection = collection;
    }

    /** The collection that is not mutable. */
    public String collection() {
      return collection;
    }
  }

  /**
   * A name is used twice in one module.
   *
   * <p>A module's parameters, variables and submodules share one set of names (only variables of
   * different collections may have the same name). The numbers of automatic names, {@code Dense_0},
   * ignore explicit names.
   */
  public static final class NameInUseError extends LinenException {
    private static final long serialVersionUID = 1L;

    NameInUseError(String kind, String name, String module, String path) {
      super(
          "%s: %s \"%s\": expected a name that %s does not use yet"
              .formatted(path, kind, name, module));
    }
  }

  /**
   * A scope, or a variable or submodule of it, is used after its call has ended.
   *
   * <p>A scope is valid during its call. Return values, not scopes.
   */
  public static final class InvalidScopeError extends LinenException {
    private static final long serialVersionUID = 1L;

    InvalidScopeError(String path) {
      super(path + ": scope: expected one whose call still runs, got one whose call has ended");
    }
  }

  /**
   * The variables have a {@code params} inside {@code params}.
   *
   * <p>A tree of collections was nested in a collection.
   */
  public static final class ApplyScopeInvalidVariablesStructureError extends LinenException {
    private static final long serialVersionUID = 1L;

    ApplyScopeInvalidVariablesStructureError() {
      super(
          "/: argument \"variables\": expected the collection \"params\" to hold modules and"
              + " parameters, got another \"params\" inside it");
    }
  }

  /**
   * The variables are not collections of named tensors.
   *
   * <p>Every path is a collection, then names: {@code params/query/kernel}.
   */
  public static final class ApplyScopeInvalidVariablesTypeError extends LinenException {
    private static final long serialVersionUID = 1L;

    ApplyScopeInvalidVariablesTypeError(String path) {
      super(
          "variables: expected paths of a collection and names, as params/kernel, got \"%s\""
              .formatted(path));
    }
  }
}
