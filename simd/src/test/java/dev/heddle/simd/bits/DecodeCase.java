package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Index;
import dev.heddle.array.Shape;
import dev.heddle.array.Slice;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sequence decoded one position at a time, with the bits of the full causal pass.
 *
 * @param hidesKeys whether a mask hides some keys from every position, but never the first key
 */
record DecodeCase(
    long seed,
    DType dtype,
    List<Integer> batch,
    int length,
    int features,
    int heads,
    int depth,
    boolean normalizeQk,
    boolean hidesKeys)
    implements Case {
  static DecodeCase draw(Draw draw, Size size) {
    int longest = size == Size.SMALL ? 12 : 280;
    return new DecodeCase(
        draw.seed(),
        draw.oneOf(DType.FLOAT32, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64),
        draw.oneOf(List.of(), List.of(2), List.of(1, 2)),
        draw.from(1, longest),
        draw.from(1, 12),
        draw.from(1, 3),
        draw.oneOf(1, 3, 8, 17),
        draw.chance(3),
        draw.chance(2));
  }

  /** The full pass. */
  @Override
  public List<Array> run() {
    MultiHeadDotProductAttention layer = layer(false);
    Array causal = Masks.makeCausalMask(Array.zeros(DType.INT32, shape().append(length).dims()));
    AttentionInputs inputs = AttentionInputs.of(x()).mask(Masks.combineMasks(causal, seen()));
    return List.of(layer.apply(variables(), inputs));
  }

  @Override
  public List<String> disagreements(List<Array> made) {
    MultiHeadDotProductAttention layer = layer(true);
    Variables state = variables();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Index here = Index.range(i, i + 1);
      AttentionInputs inputs =
          AttentionInputs.of(Slice.get(x(), Index.rest(), here, Index.all())).mask(seen());
      var step = layer.apply(state, inputs, Rngs.none(), Mutable.of("cache"));
      Array row = Slice.get(made.getFirst(), Index.rest(), here, Index.all());
      if (!step.output().equals(row)) {
        wrong.add("position " + i + " decoded has other bits");
      }
      state = state.merge(step.variables());
    }
    return wrong;
  }

  /** Shape {@code [B..., 1, 1, L]}. */
  private @Nullable Array seen() {
    if (!hidesKeys) {
      return null;
    }
    int[] place = new int[length];
    for (int i = 0; i < length; i++) {
      place[i] = i;
    }
    Array first = Compare.equal(Array.of(place), Array.scalar(0, DType.INT32));
    Array some = Numbers.flags(seed + 1, shape().append(1, 1, length).dims());
    return Compare.logicalOr(some, first);
  }

  private Variables variables() {
    return layer(true).init(Rngs.of(0), x());
  }

  private Array x() {
    return Numbers.of(seed, dtype, shape().append(length, features).dims());
  }

  private MultiHeadDotProductAttention layer(boolean decode) {
    return MultiHeadDotProductAttention.builder()
        .numHeads(heads)
        .qkvFeatures(heads * depth)
        .dtype(dtype)
        .normalizeQk(normalizeQk)
        .decode(decode)
        .build();
  }

  private Shape shape() {
    return Shape.of(batch.stream().mapToInt(Integer::intValue).toArray());
  }
}
