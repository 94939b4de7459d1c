package dev.heddle.parity.modules;

import dev.heddle.array.Array;
import dev.heddle.array.Elementwise;
import dev.heddle.linen.Bound;
import dev.heddle.linen.Module;
import dev.heddle.linen.Remat;
import dev.heddle.linen.Scope;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadAttention;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.attention.SelfAttention;
import dev.heddle.linen.layers.Dense;
import dev.heddle.linen.layers.Dropout;
import dev.heddle.linen.layers.Embed;
import dev.heddle.linen.layers.LayerNorm;
import java.util.List;

/** Modules around attention: transformer blocks, aliases, shared instances. */
public final class Attentions {
  private Attentions() {}

  private static MultiHeadDotProductAttention twoHeads(double dropoutRate) {
    return MultiHeadDotProductAttention.builder().numHeads(2).dropoutRate(dropoutRate).build();
  }

  private static AttentionInputs of(Array x, boolean deterministic) {
    return AttentionInputs.of(x).deterministic(deterministic);
  }

  /** Two attentions named by their order, each with dropout of its own. */
  public static final class TwoAttentions extends Module<SequenceInput, Array> {
    @Override
    protected Array call(Scope scope, SequenceInput in) {
      Array x = scope.call(twoHeads(0.4), of(in.x(), in.deterministic()));
      return scope.call(twoHeads(0.4), of(x, in.deterministic()));
    }
  }

  /** One attention called twice: the same parameters, the second dropout mask is another. */
  public static final class SharedTwice extends Module<SequenceInput, Array> {
    @Override
    protected Array call(Scope scope, SequenceInput in) {
      MultiHeadDotProductAttention attention = twoHeads(0.4);
      Array once = scope.call(attention, of(in.x(), in.deterministic()));
      return scope.call(
          attention, AttentionInputs.of(once, in.x()).deterministic(in.deterministic()));
    }
  }

  /** SelfAttention has a name of its own, so other random numbers. */
  public static final class SelfAlias extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      Array self = scope.call(SelfAttention.builder().numHeads(2).build(), AttentionInputs.of(x));
      return self.plus(scope.call(twoHeads(0), AttentionInputs.of(x)));
    }
  }

  /** MultiHeadAttention beside MultiHeadDotProductAttention: two names, two counters. */
  public static final class Alias extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array x) {
      x = scope.call(MultiHeadAttention.builder().numHeads(2).build(), AttentionInputs.of(x));
      x = scope.call(twoHeads(0), AttentionInputs.of(x));
      return scope.call(MultiHeadAttention.builder().numHeads(2).build(), AttentionInputs.of(x));
    }
  }

  /** norm, attention, dropout, residual; norm, Dense, gelu, Dense, dropout, residual. */
  public static final class EncoderBlock extends Module<SequenceInput, Array> {
    private static final double RATE = 0.25;

    @Override
    protected Array call(Scope scope, SequenceInput in) {
      Array x = in.x();
      Array y = scope.call(LayerNorm.builder().build(), x);
      y = scope.call(twoHeads(RATE), of(y, in.deterministic()));
      x = x.plus(drop(scope, y, in.deterministic()));
      y = scope.call(LayerNorm.builder().build(), x);
      y = scope.call(Dense.of(2 * x.shape().dim(-1)), y);
      y = scope.call(Dense.of(x.shape().dim(-1)), Elementwise.gelu(y));
      return x.plus(drop(scope, y, in.deterministic()));
    }

    private static Array drop(Scope scope, Array y, boolean deterministic) {
      return scope.call(Dropout.of(RATE), Dropout.Inputs.of(y).deterministic(deterministic));
    }
  }

  /** Blocks inside a module: paths of three names. */
  public static final class Stack extends Module<SequenceInput, Array> {
    @Override
    protected Array call(Scope scope, SequenceInput in) {
      Array x = in.x();
      for (int i = 0; i < 2; i++) {
        x = scope.call(new EncoderBlock(), new SequenceInput(x, in.deterministic()));
      }
      return scope.call("final", LayerNorm.builder().build(), x);
    }
  }

  /** Blocks with rematerialization, unnamed and named. */
  public static final class RematBlocks extends Module<SequenceInput, Array> {
    @Override
    protected Array call(Scope scope, SequenceInput in) {
      Array x = in.x();
      for (int i = 0; i < 2; i++) {
        x = scope.call(Remat.of(new EncoderBlock()), new SequenceInput(x, in.deterministic()));
      }
      return scope.call(
          "last", Remat.of(new EncoderBlock()), new SequenceInput(x, in.deterministic()));
    }
  }

  /** Attentions in a list made by setup, with dropout. */
  public static final class SetupAttention extends Module<SequenceInput, Array> {
    @Override
    protected Array call(Scope scope, SequenceInput in) {
      List<Bound<AttentionInputs, Array>> attend =
          scope.attributes("attend", List.of(twoHeads(0.3), twoHeads(0.3)));
      Array x = in.x();
      for (Bound<AttentionInputs, Array> one : attend) {
        x = one.call(of(x, in.deterministic()));
      }
      return x;
    }
  }

  /** Embed, attention and attend: the embedding is used for inputs and logits. */
  public static final class WithLayers extends Module<Array, Array> {
    @Override
    protected Array call(Scope scope, Array ids) {
      Embed embed = Embed.of(7, 6);
      Array embedded = scope.call(embed, ids);
      MultiHeadDotProductAttention attention =
          MultiHeadDotProductAttention.builder().numHeads(3).build();
      Array x = scope.call(attention, AttentionInputs.of(embedded).mask(Masks.makeCausalMask(ids)));
      return scope.within(embed, inside -> embed.attend(inside, x));
    }
  }
}
