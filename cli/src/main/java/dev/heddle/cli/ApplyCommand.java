package dev.heddle.cli;

import dev.heddle.array.Array;
import dev.heddle.linen.Applied;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code heddle apply}: computes attention, as Flax's {@code apply}. */
final class ApplyCommand implements Command {

  @Override
  public void declare(CommandSpec spec) {
    AttentionCall.declare(spec, "inputs_q", "output");
    Examples.of(
        spec,
        "heddle apply --config C.json --variables V.safetensors --inputs I.npz --output O.npz",
        "heddle apply --config C.json --variables V.safetensors --inputs I.npz --output O.npz \\",
        "    --deterministic=false --rng dropout=1 --sow-weights",
        "",
        "A decoding step; the cache in its output is passed to the next step:",
        "heddle apply --config C.json --variables V.npz STEP1.npz --inputs TOKEN2.npz \\",
        "    --mutable cache --output STEP2.npz");
  }

  @Override
  public void run(ParseResult options, PrintStream out) throws IOException {
    AttentionCall call = AttentionCall.read(options, InputsFile::read);
    Applied<Array> applied = call.errors().on(call::apply);
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    tensors.put("output", applied.output());
    tensors.putAll(applied.variables().flatten());
    call.write(out, tensors);
  }
}
