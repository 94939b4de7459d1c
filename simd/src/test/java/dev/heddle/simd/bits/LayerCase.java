package dev.heddle.simd.bits;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Index;
import dev.heddle.array.Shape;
import dev.heddle.array.Slice;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of the layer, with arguments drawn from a seed.
 *
 * @param seed the seed of the numbers
 * @param batch the batch axes
 * @param apart whether keys and values are projected from another input than queries
 */
record LayerCase(
    long seed,
    DType dtype,
    List<Integer> batch,
    int queries,
    int keys,
    boolean apart,
    int features,
    int heads,
    int depth,
    MaskForm mask,
    double dropoutRate,
    boolean broadcastDropout,
    boolean normalizeQk,
    boolean useBias,
    boolean forceFp32ForSoftmax,
    boolean sowWeights)
    implements Case {
  static LayerCase draw(Draw draw, Size size) {
    MaskForm mask = draw.oneOf(size.masks());
    int queries = draw.oneOf(size.queries());
    boolean apart = !mask.isSquare() && (size == Size.LONG || draw.chance(2));
    int keys = apart ? draw.oneOf(size.keys()) : queries;
    int heads = draw.from(1, 4);
    int depth = draw.oneOf(1, 3, 4, 5, 8, 16, 17, 31, 64, 70);
    int features = draw.oneOf(draw.from(1, 40), draw.from(1, 40), 64, 129, 260, 770);
    List<Integer> batch = new ArrayList<>();
    for (int axes = draw.from(0, 3); axes > 0; axes--) {
      batch.add(draw.from(1, 3));
    }
    while (cost(batch, queries, keys, features, heads, depth) > size.cost()) {
      if (!batch.isEmpty() && batch.getLast() > 1) {
        batch.set(batch.size() - 1, 1);
      } else if (batch.size() > 1) {
        batch.removeFirst();
      } else if (depth > 5) {
        depth = depth / 2;
      } else if (features > 100) {
        features = features / 5;
      } else if (heads > 1) {
        heads = 1;
      } else if (apart && queries == 1) {
        keys = keys / 2;
      } else {
        queries = (queries + 1) / 2;
        keys = apart ? keys : queries;
      }
    }
    return new LayerCase(
        draw.seed(),
        draw.oneOf(DType.FLOAT32, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16, DType.FLOAT64),
        batch,
        queries,
        keys,
        apart,
        features,
        heads,
        depth,
        mask,
        draw.chance(4) ? 0.3 : 0,
        draw.chance(2),
        draw.chance(4),
        draw.chance(2),
        draw.chance(5),
        draw.chance(5));
  }

  /** A causal pass over two spans. */
  static LayerCase spans() {
    return new LayerCase(
        1,
        DType.FLOAT32,
        List.of(),
        4_200,
        4_200,
        false,
        2,
        1,
        2,
        MaskForm.CAUSAL,
        0,
        true,
        false,
        true,
        false,
        false);
  }

  private static double cost(
      List<Integer> batch, int queries, int keys, int features, int heads, int depth) {
    double inner = (double) heads * depth;
    double projections = (2.0 * queries + 2.0 * keys) * features * inner;
    double scores = 2.0 * queries * keys * (inner + 20 * heads); // 20: exponentials and masks
    return (projections + scores) * batch.stream().reduce(1, (a, b) -> a * b);
  }

  @Override
  public List<Array> run() {
    MultiHeadDotProductAttention layer = layer();
    AttentionInputs inputs = inputs();
    Variables variables = layer.init(Rngs.of(0), inputs.deterministic(true));
    if (!sowWeights) {
      return List.of(layer.apply(variables, inputs, Rngs.of("dropout", 7)));
    }
    var applied =
        layer.apply(
            variables, inputs.sowWeights(true), Rngs.of("dropout", 7), Mutable.of("intermediates"));
    List<Array> made = new ArrayList<>(List.of(applied.output()));
    made.addAll(applied.variables().tuple("intermediates/attention_weights"));
    return made;
  }

  /** A single batch element, and a subset of query rows, have the same bits as in the batch. */
  @Override
  public List<String> disagreements(List<Array> made) {
    if (dropoutRate > 0) {
      return List.of();
    }
    MultiHeadDotProductAttention layer = layer();
    AttentionInputs all = inputs();
    Variables variables = layer.init(Rngs.of(0), all.deterministic(true));
    Array output = made.getFirst();
    List<String> wrong = new ArrayList<>();
    if (!batch.isEmpty()) {
      int last = batch.getFirst() - 1;
      Array alone = layer.apply(variables, element(all, last));
      if (!alone.equals(output.get(last))) {
        wrong.add("batch element " + last + " alone has other bits");
      }
    }
    int middle = queries / 2;
    for (int[] rows : new int[][] {{0, 1}, {middle, middle + 1}, {queries / 3, queries}}) {
      Array alone = layer.apply(variables, rows(all, rows[0], rows[1]));
      Array among = Slice.get(output, Index.rest(), Index.range(rows[0], rows[1]), Index.all());
      if (!alone.equals(among)) {
        wrong.add("query rows " + Arrays.toString(rows) + " alone have other bits");
      }
    }
    return wrong;
  }

  /** The inputs of one batch element. */
  AttentionInputs element(AttentionInputs all, int place) {
    Array own = all.mask();
    int rank = batch.size() + 3;
    Array ofElement =
        own == null || own.rank() < rank ? own : own.get(own.shape().dim(0) == 1 ? 0 : place);
    return new AttentionInputs(
        all.inputsQ().get(place),
        all.inputsK().get(place),
        all.inputsV().get(place),
        ofElement,
        all.deterministic(),
        null,
        false);
  }

  private static AttentionInputs rows(AttentionInputs all, int from, int to) {
    Array own = all.mask();
    Array ofRows =
        own == null || own.shape().dim(-2) == 1
            ? own
            : Slice.get(own, Index.rest(), Index.range(from, to), Index.all());
    return new AttentionInputs(
        Slice.get(all.inputsQ(), Index.rest(), Index.range(from, to), Index.all()),
        all.inputsK(),
        all.inputsV(),
        ofRows,
        all.deterministic(),
        null,
        false);
  }

  MultiHeadDotProductAttention layer() {
    return MultiHeadDotProductAttention.builder()
        .numHeads(heads)
        .qkvFeatures(heads * depth)
        .dtype(dtype)
        .dropoutRate(dropoutRate)
        .broadcastDropout(broadcastDropout)
        .normalizeQk(normalizeQk)
        .useBias(useBias)
        .forceFp32ForSoftmax(forceFp32ForSoftmax)
        .build();
  }

  AttentionInputs inputs() {
    Array x = input(1, queries);
    AttentionInputs inputs = apart ? AttentionInputs.of(x, input(2, keys)) : AttentionInputs.of(x);
    return inputs.mask(madeMask()).deterministic(false);
  }

  private @Nullable Array madeMask() {
    return mask.make(seed + 3, shape().append(heads, queries, keys));
  }

  private Array input(int stream, int length) {
    return Numbers.of(seed + stream, dtype, shape().append(length, features).dims());
  }

  private Shape shape() {
    return Shape.of(batch.stream().mapToInt(Integer::intValue).toArray());
  }
}
