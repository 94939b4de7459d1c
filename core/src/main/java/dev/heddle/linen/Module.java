package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A layer or model: immutable configuration, thread-safe, and a method that computes an output from
 * an input. Its parameters are made by {@link #init} and given to {@link #apply}.
 *
 * <pre>{@code
 * final class Mlp extends Module<Array, Array> {
 *   protected Array call(Scope scope, Array x) {
 *     Array hidden = Elementwise.relu(scope.call(Dense.of(8), x)); // Dense_0
 *     return scope.call("out", Dense.of(4), hidden);               // out
 *   }
 * }
 *
 * Variables variables = new Mlp().init(Rngs.of(0), x);
 * Array y = new Mlp().apply(variables, x);
 * }</pre>
 *
 * @param <I> the input: an array, or a record of the arguments
 * @param <O> the output
 */
public abstract class Module<I, O> {
  private final @Nullable String name;
  private @Nullable AutomaticName automatic; // the last one, which is mostly the next one too

  private record AutomaticName(String prefix, int number, String text) {}

  /** A module that is named by the scope it is called in. */
  protected Module() {
    this(null, null);
  }

  /**
   * A module with an explicit name or a parent.
   *
   * @param name its name as a submodule; null for an automatic one; ignored for the root module
   * @param parent the scope that it is bound to, wherever it is called; null to bind it where it is
   *     called first. A module with a parent can be used in that call only, and its {@link
   *     #typeName} is called before the subclass's fields are set.
   * @throws LinenException.NameInUseError if the parent has a variable or submodule of the name
   */
  @SuppressWarnings("this-escape") // only the identity and the type's name are used
  protected Module(@Nullable String name, @Nullable Scope parent) {
    this.name = name;
    if (parent != null) {
      Bound<I, O> unused = parent.bind(this);
    }
  }

  /** A module with the name and the parent of its builder. */
  protected Module(ModuleBuilder<?> builder) {
    this(builder.name, builder.parent);
  }

  /**
   * Computes the output; Flax's {@code __call__}, compact.
   *
   * @param scope this module's parameters, random streams and submodules, for this call
   */
  protected abstract O call(Scope scope, I input);

  /** The explicit name, or null. */
  public final @Nullable String name() {
    return name;
  }

  /** What automatic names begin with: the class's simple name. */
  protected String typeName() {
    Class<?> type = getClass();
    while (type.getSimpleName().isEmpty()) {
      type = type.getSuperclass(); // anonymous
    }
    return type.getSimpleName();
  }

  /** The automatic name of a number, {@code Dense_0}. */
  final String automaticName(int number) {
    String prefix = typeName();
    AutomaticName known = automatic;
    if (known == null || known.number != number || !known.prefix.equals(prefix)) {
      known = new AutomaticName(prefix, number, prefix + "_" + number);
      automatic = known; // a race only makes it again
    }
    return known.text;
  }

  /** Whether the configuration names float64; the call then computes as JAX with x64 on. */
  protected boolean usesFloat64() {
    return false;
  }

  /**
   * The arrays of an input, for {@link #tabulate} and to detect float64: those of an array, an
   * {@link ArrayTree}, or a collection or map of these. Override it for another type.
   */
  protected List<Array> inputArrays(I input) {
    return arraysOf(input);
  }

  private static List<Array> arraysOf(@Nullable Object value) {
    return switch (value) {
      case Array array -> List.of(array);
      case ArrayTree<?> tree -> tree.leaves();
      case Iterable<?> values -> {
        List<Array> all = new ArrayList<>();
        values.forEach(element -> all.addAll(arraysOf(element)));
        yield all;
      }
      case Map<?, ?> map -> arraysOf(map.values());
      case null, default -> List.of();
    };
  }

  /**
   * Initializes the variables by running the module once; returns every collection except {@code
   * intermediates}.
   *
   * @param rngs at least {@code params}, if the module has parameters
   * @throws LinenException.InvalidRngError if a stream is missing
   */
  public final Variables init(Rngs rngs, I input) {
    return initWithOutput(rngs, input).variables();
  }

  /** As {@link #init}, with the output of the run. */
  public final Applied<O> initWithOutput(Rngs rngs, I input) {
    return initWithOutput(rngs, input, Mutable.allBut("intermediates"));
  }

  /** As {@link #init}, with the output; returns the mutable collections. */
  public final Applied<O> initWithOutput(Rngs rngs, I input, Mutable mutable) {
    return start(Variables.empty(), rngs, mutable, true, null, null, input);
  }

  /**
   * Computes the output with the given variables, which are not modified.
   *
   * @throws LinenException if the variables are not this module's, or a random stream is missing
   */
  public final O apply(Variables variables, I input) {
    return apply(variables, input, Rngs.none());
  }

  /** As {@link #apply(Variables, Object)}, with random streams. */
  public final O apply(Variables variables, I input, Rngs rngs) {
    return start(variables, rngs, Mutable.none(), false, null, null, input).output();
  }

  /**
   * As {@link #apply(Variables, Object)}, with random streams and mutable collections.
   *
   * @return the output, and every collection that {@code mutable} includes
   */
  public final Applied<O> apply(Variables variables, I input, Rngs rngs, Mutable mutable) {
    return start(variables, rngs, mutable, false, null, null, input);
  }

  /**
   * As {@link #apply(Variables, Object, Rngs, Mutable)}, and captures the outputs of modules in
   * {@code intermediates}, which is mutable too.
   */
  public final Applied<O> apply(
      Variables variables, I input, Rngs rngs, Mutable mutable, Capture capture) {
    return start(variables, rngs, mutable.and("intermediates"), false, capture, null, input);
  }

  private Applied<O> start(
      Variables variables,
      Rngs rngs,
      Mutable mutable,
      boolean initializing,
      @Nullable Capture capture,
      @Nullable Tabulation tabulation,
      I input) {
    Objects.requireNonNull(variables, "variables");
    Objects.requireNonNull(rngs, "rngs");
    Objects.requireNonNull(mutable, "mutable");
    Objects.requireNonNull(input, "input");
    Boolean requested = rngs.x64();
    boolean x64 =
        requested != null
            ? requested
            : usesFloat64() || variables.hasFloat64() || isFloat64(inputArrays(input));
    CallContext context =
        new CallContext(variables, rngs, x64, mutable, initializing, capture, tabulation);
    return context.call(this, input);
  }

  /**
   * Runs another method of this module in a scope of its own, as Flax does with {@code method}.
   *
   * @param method the method, given the module's scope: {@code scope -> embed.attend(scope, x)}
   */
  public final <R> R applyMethod(Variables variables, Function<Scope, R> method) {
    return applyMethod(variables, method, Rngs.none(), Mutable.none()).output();
  }

  /** As {@link #applyMethod(Variables, Function)}, with random streams and mutable collections. */
  public final <R> Applied<R> applyMethod(
      Variables variables, Function<Scope, R> method, Rngs rngs, Mutable mutable) {
    Boolean requested = rngs.x64();
    boolean x64 = requested != null ? requested : usesFloat64() || variables.hasFloat64();
    return new CallContext(variables, rngs, x64, mutable, false, null, null).run(this, method);
  }

  /** As {@link #initWithOutput(Rngs, Object)}, running another method of this module. */
  public final <R> Applied<R> initMethod(Rngs rngs, Function<Scope, R> method) {
    Boolean requested = rngs.x64();
    boolean x64 = requested != null ? requested : usesFloat64();
    Mutable mutable = Mutable.allBut("intermediates");
    return new CallContext(Variables.empty(), rngs, x64, mutable, true, null, null)
        .run(this, method);
  }

  private static boolean isFloat64(List<Array> arrays) {
    for (Array array : arrays) {
      if (array.dtype() == DType.FLOAT64) {
        return true;
      }
    }
    return false;
  }

  /**
   * A table of the modules that an input runs through: path, class, types and shapes of inputs and
   * outputs, the module's own tensors and the number of their elements, and totals.
   *
   * @throws LinenException.InvalidRngError if a stream is missing
   */
  public final String tabulate(Rngs rngs, I input) {
    Tabulation tabulation = new Tabulation();
    Mutable mutable = Mutable.allBut("intermediates");
    return tabulation.table(
        start(Variables.empty(), rngs, mutable, true, null, tabulation, input).variables());
  }

  /** The types and shapes of an input. */
  String describeInput(I input) {
    return describe(inputArrays(input));
  }

  /** The types and shapes of an output. */
  String describeOutput(O output) {
    return describe(arraysOf(output));
  }

  private static String describe(List<Array> arrays) {
    return arrays.stream()
        .map(array -> array.dtype().toString() + array.shape())
        .collect(Collectors.joining(", "));
  }
}
