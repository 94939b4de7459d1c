package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.NamedTree;
import dev.heddle.array.NamedTree.Branch;
import dev.heddle.array.NamedTree.Leaf;
import dev.heddle.array.Shape;
import dev.heddle.linen.initializers.Initializer;
import dev.heddle.random.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A module's view of the tree during one call: its parameters, variables, random streams and
 * submodules. What Flax finds on {@code self} inside a compact method is here.
 *
 * <pre>{@code
 * protected Array call(Scope scope, Array x) {
 *   Array scale = scope.param("scale", Initializers.ones(), Shape.of(x.shape().dim(-1)), FLOAT32);
 *   return scope.call(Dense.of(4), x.times(scale)); // named Dense_0
 * }
 * }</pre>
 *
 * <p>A scope lives as long as its call and belongs to one thread. All of its methods throw {@link
 * LinenException.InvalidScopeError} afterwards.
 */
public final class Scope {
  private static final String ANY = "";

  private final CallContext context;
  private final ModulePath modulePath;
  private final Module<?, ?> owner;
  private final SmallMap<NameReservation> reservations = new SmallMap<>();
  private @Nullable SmallMap<Integer> cursors; // made for the first automatic name
  private boolean isClosed;

  /** A name in use: by a collection (or {@link #ANY}), by a submodule, and other uses of it. */
  private record NameReservation(
      String collection, @Nullable Module<?, ?> submodule, @Nullable NameReservation others) {}

  Scope(CallContext context, ModulePath modulePath, Module<?, ?> owner) {
    this.context = context;
    this.modulePath = modulePath;
    this.owner = owner;
  }

  void close() {
    isClosed = true;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new LinenException.InvalidScopeError(modulePath.path());
    }
  }

  /**
   * The names of the module and those above it, as {@code /encoder/query}; {@code /} at the top.
   */
  public String path() {
    return modulePath.path();
  }

  /** The module's name; null at the top. */
  public @Nullable String name() {
    return modulePath.name();
  }

  /** Whether this call is an {@code init}; Flax's {@code is_initializing}. */
  public boolean isInitializing() {
    return context.isInitializing();
  }

  /** Whether the call computes as JAX does with x64 on; see {@link Rngs#x64}. */
  public boolean x64() {
    return context.x64();
  }

  /** An exception with this module's path before the message. */
  public IllegalArgumentException error(String message) {
    return new IllegalArgumentException(path() + ": " + message);
  }

  /** As {@link #error(String)}, with a cause. */
  public IllegalArgumentException error(String message, Throwable cause) {
    return new IllegalArgumentException(path() + ": " + message, cause);
  }

  /** Whether calls of submodules are captured or tabulated, so that each must be made. */
  public boolean isObserved() {
    return context.isObserved();
  }

  // Parameters and variables.

  /**
   * A parameter: the one given to the call, or a new one during init.
   *
   * @param name its name in the collection {@code params}
   * @param init the initializer, called with the module's next key of the stream {@code params}
   * @param shape the shape it must have
   * @param dtype the type to make it of; one that was given may have another
   * @throws LinenException.ScopeParamShapeError if the given one has another shape
   * @throws LinenException.ScopeCollectionNotFound if there are no parameters
   * @throws LinenException.ScopeParamNotFoundError if there is none of this name
   * @throws LinenException.NameInUseError if the module has used the name in this call
   */
  public Array param(String name, Initializer init, Shape shape, DType dtype) {
    return param(name, init, shape, shape, dtype);
  }

  /**
   * A parameter whose initializer sees other axes; as {@link #param(String, Initializer, Shape,
   * DType)}.
   *
   * @param flat the shape that the initializer makes, of as many elements
   */
  public Array param(String name, Initializer init, Shape shape, Shape flat, DType dtype) {
    Array given = given(name, shape);
    return given != null
        ? given
        : make(
            name,
            key -> ofShape(flat, name, init.init(key, flat, dtype)).reshape(shape.dims()),
            shape);
  }

  private Array ofShape(Shape expected, String name, Array made) {
    if (!made.shape().equals(expected)) {
      throw error(
          "parameter \"%s\": expected its initializer to make shape %s, got %s"
              .formatted(name, expected, made.shape()));
    }
    return made;
  }

  /**
   * A parameter made by a function of a key; as {@link #param(String, Initializer, Shape, DType)}.
   */
  public Array param(String name, Function<Key, Array> init, Shape shape) {
    Array given = given(name, shape);
    return given != null ? given : make(name, init, shape);
  }

  /** The parameter given to the call; null if it is to be made. */
  private @Nullable Array given(String name, Shape shape) {
    reserve("parameter", name, "params");
    NamedTree existing = find("params", name);
    if (existing instanceof Leaf(Array array)) {
      if (!array.shape().equals(shape)) {
        throw new LinenException.ScopeParamShapeError(name, path(), shape, array.shape());
      }
      return array;
    }
    if (existing != null) {
      throw new LinenException.ScopeParamShapeError(name, path(), shape, "a group of tensors");
    }
    if (!context.isMutable("params")) {
      if (context.isEmpty("params")) {
        throw new LinenException.ScopeCollectionNotFound("params", name, path());
      }
      throw new LinenException.ScopeParamNotFoundError(name, path());
    }
    return null;
  }

  private Array make(String name, Function<Key, Array> init, Shape shape) {
    Array made = ofShape(shape, name, make(name, init, makeRng("params")));
    context.put(modulePath.variable("params", name), new Leaf(made));
    return made;
  }

  /** Calls an initializer; an error names the parameter. */
  private Array make(String name, Function<Key, Array> init, Key key) {
    try {
      return init.apply(key);
    } catch (LinenException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      if (message.startsWith(path() + ": ")) {
        throw e;
      }
      throw error("parameter \"" + name + "\": " + message, e);
    }
  }

  /**
   * A variable of a collection, made if it does not exist and the collection is mutable.
   *
   * @throws LinenException.ScopeCollectionNotFound if the collection is empty and not mutable
   * @throws LinenException.ScopeVariableNotFoundError if it does not exist and the collection is
   *     not mutable
   * @throws LinenException.NameInUseError if the module has used the name in this call
   */
  public Variable variable(String collection, String name, Supplier<Array> init) {
    return declare(collection, name, init);
  }

  /** A variable that must exist; as {@link #variable(String, String, Supplier)}. */
  public Variable variable(String collection, String name) {
    return declare(collection, name, null);
  }

  private Variable declare(String collection, String name, @Nullable Supplier<Array> init) {
    reserve("variable", name, collection);
    if (!hasVariable(collection, name)) {
      if (init == null || !context.isMutable(collection)) {
        if (context.isEmpty(collection)) {
          throw new LinenException.ScopeCollectionNotFound(collection, name, path());
        }
        throw new LinenException.ScopeVariableNotFoundError(name, collection, path());
      }
      putVariable(collection, name, init.get());
    }
    return new Variable(this, collection, name);
  }

  /** Whether a variable or group of variables exists; Flax's {@code has_variable}. */
  public boolean hasVariable(String collection, String name) {
    requireOpen();
    return find(collection, name) != null;
  }

  private @Nullable NamedTree find(String collection, String name) {
    Branch here = modulePath.branch(context.variables(), collection);
    return here == null ? null : here.children().get(name);
  }

  /**
   * A variable's value, if it exists; Flax's {@code get_variable}.
   *
   * @throws IllegalArgumentException if it is a group or tuple of tensors
   */
  public Optional<Array> getVariable(String collection, String name) {
    requireOpen();
    return switch (find(collection, name)) {
      case null -> Optional.empty();
      case Leaf(Array array) -> Optional.of(array);
      case Branch branch ->
          throw error(
              "variable \""
                  + name
                  + "\" of \""
                  + collection
                  + "\": expected a tensor, got a group of them");
    };
  }

  /**
   * Writes a variable, which need not exist; Flax's {@code put_variable}.
   *
   * @throws LinenException.ModifyScopeVariableError if the call may not write the collection
   */
  public void putVariable(String collection, String name, Array value) {
    requireOpen();
    if (!context.isMutable(collection)) {
      throw new LinenException.ModifyScopeVariableError(collection, name, path());
    }
    context.put(modulePath.variable(collection, name), new Leaf(value));
  }

  /** Whether the call may write a collection; Flax's {@code is_mutable_collection}. */
  public boolean isMutable(String collection) {
    requireOpen();
    return context.isMutable(collection);
  }

  /**
   * Adds a value to the tuple of a name, if the call may write the collection.
   *
   * @return whether it was kept
   * @throws IllegalArgumentException if the entry is not a tuple
   */
  public boolean sow(String collection, String name, Array value) {
    return sow(collection, name, new Leaf(value));
  }

  /**
   * Combines a value with the one of a name, if the call may write the collection.
   *
   * @param init the initial value
   * @param reduce makes the new value of the present one and {@code value}
   * @return whether it was kept
   */
  public boolean sow(
      String collection,
      String name,
      Array value,
      Supplier<Array> init,
      BinaryOperator<Array> reduce) {
    requireOpen();
    if (!context.isMutable(collection)) {
      return false;
    }
    Optional<Array> existing = getVariable(collection, name);
    if (existing.isEmpty()) {
      reserve("variable", name, collection);
    }
    putVariable(collection, name, reduce.apply(existing.orElseGet(init), value));
    return true;
  }

  private boolean sow(String collection, String name, NamedTree value) {
    requireOpen();
    if (!context.isMutable(collection)) {
      return false;
    }
    NamedTree existing = find(collection, name);
    int count = 0;
    if (existing == null) {
      reserve("variable", name, collection);
    } else if (existing instanceof Branch tuple && tuple.isTuple()) {
      count = tuple.children().size();
    } else {
      throw error(
          "variable \""
              + name
              + "\" of \""
              + collection
              + "\": expected a tuple to add to, got another kind of entry");
    }
    List<String> path = modulePath.variable(collection, name);
    path.add(Integer.toString(count));
    context.put(path, value);
    return true;
  }

  /** Keeps a method's output among the intermediates. */
  void capture(String method, @Nullable Object output) {
    if (output instanceof Array array) {
      sow("intermediates", method, array);
    } else if (output instanceof ArrayTree<?> tree) {
      SequencedMap<String, NamedTree> group = new LinkedHashMap<>();
      for (Array leaf : tree.leaves()) {
        group.put(Integer.toString(group.size()), new Leaf(leaf));
      }
      sow("intermediates", method, new Branch(group));
    }
  }

  /** A value plus the perturbation of its name in {@code perturbations}. */
  public Array perturb(String name, Array value) {
    return perturb(name, value, "perturbations");
  }

  /**
   * A value plus a variable whose gradient is the value's; Flax's {@code perturb}. The variable is
   * made of zeros where the call may write the collection; without the collection the value is
   * returned as it is.
   *
   * @throws IllegalArgumentException if the collection exists without the variable
   */
  public Array perturb(String name, Array value, String collection) {
    if (isMutable(collection) && !hasVariable(collection, name)) {
      reserve("variable", name, collection);
      putVariable(collection, name, Array.zeros(value.dtype(), value.shape().dims()));
    }
    if (!context.variables().children().containsKey(collection)) {
      return value;
    }
    Array perturbation =
        getVariable(collection, name)
            .orElseThrow(() ->
                error(
                    "perturbation \""
                        + name
                        + "\": expected in collection \""
                        + collection
                        + "\", got none"));
    return value.plus(perturbation);
  }

  // Random streams.

  /**
   * The module's next key of a stream, or of {@code params} where the call has no such stream;
   * Flax's {@code make_rng}.
   *
   * @throws LinenException.InvalidRngError if the call has neither
   */
  public Key makeRng(String stream) {
    requireOpen();
    return context.draw(stream, modulePath);
  }

  /** Whether the call has a stream. */
  public boolean hasRng(String stream) {
    requireOpen();
    return context.hasRng(stream);
  }

  // Submodules.

  /** Computes a module at this scope's path; see {@link CallContext#checkpoint}. */
  <J extends ArrayTree<J>, P extends ArrayTree<P>> P checkpoint(Module<J, P> module, J input) {
    requireOpen();
    return context.checkpoint(modulePath, module, input);
  }

  /**
   * Calls a submodule under its own name, or under {@code Class_n}: n counts the unnamed modules of
   * that class in this module. The same instance again is the same submodule, wherever in the tree
   * it is called.
   *
   * <p>Of calls inside one another the inner one comes first and is {@code Dense_0}; in Python's
   * {@code nn.Dense(2)(nn.Dense(3)(x))} the outer one is. {@link #bind} gives names in any order.
   *
   * @throws LinenException.NameInUseError if the name is taken
   */
  public <J, P> P call(Module<J, P> module, J input) {
    return context.call(pathOf(module), module, input);
  }

  /**
   * Calls a submodule under a name. The name decides: one configuration under two names makes two
   * submodules.
   *
   * @throws LinenException.NameInUseError if another submodule or a variable has the name
   */
  public <J, P> P call(String name, Module<J, P> module, J input) {
    return context.call(pathOf(name, module), module, input);
  }

  private ModulePath pathOf(String name, Module<?, ?> module) {
    requireOpen();
    return isHere(name, module) ? modulePath.child(name) : attach(name, module);
  }

  /** Runs another method of a submodule under a name, as {@link #call(String, Module, Object)}. */
  public <R> R within(String name, Module<?, ?> module, Function<Scope, R> body) {
    return context.within(pathOf(name, module), module, body);
  }

  /** Runs another method of a submodule, which is named as by {@link #call(Module, Object)}. */
  public <R> R within(Module<?, ?> module, Function<Scope, R> body) {
    return context.within(pathOf(module), module, body);
  }

  /**
   * Gives a submodule its name now, as constructing it in a compact method does, for calls later
   * on; see {@link #call(Module, Object)}.
   *
   * @throws LinenException.NameInUseError if the name is taken
   */
  public <J, P> Bound<J, P> bind(Module<J, P> module) {
    return new Bound<>(context, pathOf(module), module);
  }

  /** A submodule's path, bound now if it has none. */
  private ModulePath pathOf(Module<?, ?> submodule) {
    requireOpen();
    ModulePath known = context.pathOf(submodule);
    if (known == null) {
      String name = submodule.name();
      return attach(name == null ? automaticName(submodule) : name, submodule);
    }
    if (known.isChildOf(modulePath)) {
      String name = String.valueOf(known.name()); // of an earlier call of it or of this module
      if (!isHere(name, submodule)) {
        if (name.equals(submodule.automaticName(cursor(submodule.typeName())))) {
          advance(submodule.typeName());
        }
        return attach(name, submodule);
      }
    }
    return known;
  }

  /**
   * Gives a submodule the name of an attribute, as assigning it in {@code setup} does; the name
   * wins over the module's own. A submodule that is bound already keeps its name.
   *
   * @throws LinenException.NameInUseError if the name is taken
   */
  public <J, P> Bound<J, P> attribute(String name, Module<J, P> module) {
    requireOpen();
    return context.pathOf(module) == null
        ? new Bound<>(context, attach(name, module), module)
        : bind(module);
  }

  /** Names a list of submodules {@code layers_0}, {@code layers_1}, ...; as {@link #attribute}. */
  public <J, P> List<Bound<J, P>> attributes(String name, List<? extends Module<J, P>> modules) {
    List<Bound<J, P>> bound = new ArrayList<>();
    for (Module<J, P> module : modules) {
      bound.add(attribute(name + "_" + bound.size(), module));
    }
    return List.copyOf(bound);
  }

  /** Names a map of submodules {@code heads_key}; as {@link #attribute}. */
  public <J, P> SequencedMap<String, Bound<J, P>> attributes(
      String name, Map<String, ? extends Module<J, P>> modules) {
    SequencedMap<String, Bound<J, P>> bound = new LinkedHashMap<>();
    modules.forEach((key, module) -> bound.put(key, attribute(name + "_" + key, module)));
    return bound;
  }

  @SuppressWarnings("ReferenceEquality") // a submodule is an instance
  private boolean isHere(String name, Module<?, ?> submodule) {
    NameReservation use = reservations.get(name);
    return use != null && use.submodule == submodule;
  }

  private String automaticName(Module<?, ?> submodule) {
    return submodule.automaticName(advance(submodule.typeName()));
  }

  /** The number that the next unnamed module of a type gets. */
  private int cursor(String type) {
    Integer next = cursors == null ? null : cursors.get(type);
    return next == null ? 0 : next;
  }

  private int advance(String type) {
    int number = cursor(type);
    if (cursors == null) {
      cursors = new SmallMap<>();
    }
    cursors.put(type, number + 1);
    return number;
  }

  private ModulePath attach(String name, Module<?, ?> submodule) {
    reserve("submodule", name, ANY, submodule);
    ModulePath child = modulePath.child(name);
    context.bind(submodule, child);
    return child;
  }

  private void reserve(String kind, String name, String collection) {
    reserve(kind, name, collection, null);
  }

  /** Reserves a name in one collection, or ({@link #ANY}) in all. */
  private void reserve(
      String kind, String name, String collection, @Nullable Module<?, ?> submodule) {
    requireOpen();
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw error(kind + " \"" + name + "\": expected a name without \"/\", and not empty");
    }
    NameReservation uses = reservations.get(name);
    for (NameReservation use = uses; use != null; use = use.others) {
      if (collection.equals(ANY)
          || use.collection.equals(ANY)
          || use.collection.equals(collection)) {
        throw new LinenException.NameInUseError(kind, name, owner.typeName(), path());
      }
    }
    reservations.put(name, new NameReservation(collection, submodule, uses));
  }
}
