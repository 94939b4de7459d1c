package dev.heddle.parity.modules;

import dev.heddle.array.Array;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Capture;
import dev.heddle.linen.Module;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Scope;
import dev.heddle.linen.Variables;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.run.Configurations;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A module by its name in the cases, called with an array and whether dropout is off.
 *
 * @param <I> the type of the module's input
 * @param module the module
 * @param input makes the input from the array and the flag
 * @param methods the methods other than {@code call}
 */
public record UserModule<I>(
    Module<I, ?> module,
    Function<SequenceInput, I> input,
    Map<String, BiFunction<Scope, Array, Array>> methods) {

  /** The module of a class of {@code modules.py}, with its arguments. */
  public static UserModule<?> of(String name, Fields args) {
    return switch (name) {
      case "TwoAttentions" -> of(new Attentions.TwoAttentions());
      case "SharedTwice" -> of(new Attentions.SharedTwice());
      case "SelfAlias" -> ofArray(new Attentions.SelfAlias());
      case "Alias" -> ofArray(new Attentions.Alias());
      case "EncoderBlock" -> of(new Attentions.EncoderBlock());
      case "RematBlocks" -> of(new Attentions.RematBlocks());
      case "Stack" -> of(new Attentions.Stack());
      case "SetupAttention" -> of(new Attentions.SetupAttention());
      case "WithLayers" -> ofArray(new Attentions.WithLayers());
      case "Named" -> ofArray(new Names.Named());
      case "SetupAttrs" -> ofArray(new Names.SetupAttrs());
      case "SetupParams" -> ofArray(new Names.SetupParams());
      case "PassedIn" ->
          ofArray(new Names.PassedIn(Configurations.dense(args.fields("inner").fields("config"))));
      case "ParentElsewhere" -> ofArray(new Names.ParentElsewhere());
      case "DeepNames" -> ofArray(new Names.DeepNames());
      case "MethodOther" -> methodOther(new Names.MethodOther());
      case "NameTaken" -> ofArray(new Names.NameTaken());
      case "SameNameTwice" -> ofArray(new Names.SameNameTwice());
      case "ParamTaken" -> ofArray(new Names.ParamTaken());
      case "ParamTwice" -> ofArray(new Names.ParamTwice());
      case "WithVariable" -> ofArray(new States.WithVariable());
      case "WithSow" -> ofArray(new States.WithSow());
      case "WithPerturb" -> ofArray(new States.WithPerturb());
      case "MakeRng" ->
          ofArray(
              new States.MakeRng(
                  args.has("stream") ? args.text("stream") : "noise",
                  args.has("draws") ? args.integer("draws") : 3));
      case "TwoStreams" -> ofArray(new States.TwoStreams());
      case "BlockTwice" -> of(new States.BlockTwice());
      case "WritesState" -> ofArray(new States.WritesState());
      case "ReadsMissing" -> ofArray(new States.ReadsMissing());
      default -> throw new IllegalArgumentException("no module of the tests is called " + name);
    };
  }

  private static UserModule<SequenceInput> of(Module<SequenceInput, ?> module) {
    return new UserModule<>(module, Function.identity(), Map.of());
  }

  private static UserModule<Array> ofArray(Module<Array, ?> module) {
    return new UserModule<>(module, SequenceInput::x, Map.of());
  }

  private static UserModule<Array> methodOther(Names.MethodOther module) {
    return new UserModule<>(
        module, SequenceInput::x, Map.of("encode", module::encode, "decode", module::decode));
  }

  /** Runs init. */
  public Variables init(Rngs rngs, SequenceInput sequence) {
    return module.init(rngs, input.apply(sequence));
  }

  /** Runs apply with all arguments of Flax's apply. */
  public Applied<List<Array>> apply(
      Variables variables,
      SequenceInput sequence,
      Rngs rngs,
      Mutable mutable,
      @Nullable Capture capture) {
    I in = input.apply(sequence);
    Applied<?> applied =
        capture == null
            ? module.apply(variables, in, rngs, mutable)
            : module.apply(variables, in, rngs, mutable, capture);
    return new Applied<>(arrays(applied.output()), applied.variables());
  }

  /** Runs another method. */
  public Applied<List<Array>> applyMethod(
      String method, Variables variables, Array x, Rngs rngs, Mutable mutable) {
    Applied<Array> applied =
        module.applyMethod(variables, scope -> methods.get(method).apply(scope, x), rngs, mutable);
    return new Applied<>(List.of(applied.output()), applied.variables());
  }

  private static List<Array> arrays(Object output) {
    return output instanceof Tuple tuple ? tuple.leaves() : List.of((Array) output);
  }
}
