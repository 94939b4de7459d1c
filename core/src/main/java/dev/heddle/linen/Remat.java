package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import java.util.List;
import java.util.Objects;

/**
 * A module with rematerialization, Flax's {@code nn.remat} and {@code nn.checkpoint}:
 * differentiation keeps the input and the parameters, and computes the rest again in the backward
 * pass. Values, gradients and dropout masks have the bits of the module alone, for less memory and
 * more time.
 *
 * <pre>{@code
 * Array y = scope.call(Remat.of(block), x); // params/CheckpointBlock_0/...
 * }</pre>
 *
 * <p>Its variables are those of the module, under its name; unnamed it is {@code
 * CheckpointDense_0}, as in Flax. A call that makes or writes variables, such as {@code init}, or
 * that keeps the outputs of modules, is not checkpointed.
 *
 * @param <J> the module's input; arrays that are none of its leaves, such as a mask, are constants
 *     or captured
 * @param <P> the module's output
 */
public final class Remat<J extends ArrayTree<J>, P extends ArrayTree<P>> extends Module<J, P> {
  private final Module<J, P> module;

  private Remat(Module<J, P> module) {
    super(module.name(), null);
    this.module = module;
  }

  /** The module with rematerialization, of the same name. */
  public static <J extends ArrayTree<J>, P extends ArrayTree<P>> Remat<J, P> of(
      Module<J, P> module) {
    return new Remat<>(Objects.requireNonNull(module, "module"));
  }

  @Override
  protected P call(Scope scope, J input) {
    return scope.checkpoint(module, input);
  }

  @Override
  protected String typeName() {
    return "Checkpoint" + module.typeName();
  }

  @Override
  protected boolean usesFloat64() {
    return module.usesFloat64();
  }

  @Override
  protected List<Array> inputArrays(J input) {
    return module.inputArrays(input);
  }

  /** The module. */
  @Override
  public String toString() {
    return "Remat(" + module + ")";
  }
}
