package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.linen.Applied;
import dev.heddle.linen.Variables;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code heddle grad}: the vector-Jacobian product of attention, {@code jax.vjp} of Flax's {@code
 * apply} with respect to its parameters and inputs.
 *
 * <p>Tensors that are not of a floating-point type are constant, as in {@code jax.vjp}, and have no
 * gradient in the output; neither have collections other than {@code params}.
 */
final class GradCommand implements Command {
  private static final String PARAMS = "params";
  private static final String INPUTS = "inputs"; // the root of the inputs in the tree

  @Override
  public void declare(CommandSpec spec) {
    AttentionCall.declare(spec, "inputs_q and cotangent", "output, grads/...");
    Examples.of(
        spec,
        "heddle grad --config C.json --variables V.safetensors --inputs I.npz --output G.npz",
        "heddle grad --config C.json --variables V.safetensors --inputs I.npz --output G.npz \\",
        "    --deterministic=false --rng dropout=1",
        "",
        "I.npz holds cotangent, of the output's shape and dtype. G.npz holds its vector-Jacobian",
        "product for each parameter and input: grads/params/query/kernel, ..., grads/inputs_q, ...",
        "Integer inputs have no gradient.");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    AttentionCall call = AttentionCall.read(options, InputsFile::readWithCotangent);
    AtomicReference<Variables> mutated = new AtomicReference<>(Variables.empty());
    Vjp<Variables, Array> vjp =
        call.errors()
            .on(() ->
                Grad.vjp(
                    at -> {
                      Applied<Array> applied = at(call, at).apply();
                      mutated.set(Grad.stopGradient(applied.variables()));
                      return applied.output();
                    },
                    whatFloats(call)));
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    tensors.put("output", vjp.output());
    tensors.putAll(Objects.requireNonNull(mutated.get()).flatten());
    vjp.pullback(cotangent(call.inputs(), vjp.output()))
        .flatten()
        .forEach((path, gradient) ->
            tensors.put("grads/" + path.replaceFirst("^" + INPUTS + "/", ""), gradient));
    call.write(out, tensors);
  }

  /** The parameters and inputs that gradients are taken with respect to, as one tree. */
  private static Variables whatFloats(AttentionCall call) {
    SequencedMap<String, Array> all = call.variables().collection(PARAMS).flatten();
    call.inputs().sequences().forEach((name, input) -> all.put(INPUTS + "/" + name, input));
    all.values().removeIf(array -> !array.dtype().isFloating());
    return Variables.of(all);
  }

  /** The call with the parameters and inputs of such a tree. */
  private static AttentionCall at(AttentionCall call, Variables tree) {
    Map<String, Array> inputs = new LinkedHashMap<>();
    tree.collection(INPUTS)
        .flatten()
        .forEach((path, input) -> inputs.put(path.substring(INPUTS.length() + 1), input));
    return call.with(call.variables().merge(tree.collection(PARAMS)), call.inputs().with(inputs));
  }

  /** The cotangent, in the output's dtype; converts only where that is exact. */
  private static Array cotangent(InputsFile inputs, Array output) {
    Array given = Objects.requireNonNull(inputs.cotangent(), "cotangent");
    boolean fits =
        given.shape().equals(output.shape())
            && given.dtype().isFloating()
            && DType.promote(given.dtype(), output.dtype()) == output.dtype();
    if (!fits) {
      Path file = inputs.path();
      throw new FailedException(
          "%s: tensor \"cotangent\": expected %s%s, as the output, got %s%s"
              .formatted(file, output.dtype(), output.shape(), given.dtype(), given.shape()));
    }
    return given.astype(output.dtype());
  }
}
