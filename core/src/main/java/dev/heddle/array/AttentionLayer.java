package dev.heddle.array;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer of multi-head attention as one operation: projections into heads, attention, projection
 * out. The bits are those of {@link MatMul#affine}, {@link Attention#attend} and {@link
 * MatMul#affine} one after another, of the derivative too; without a derivative, results between
 * them are only in workspace, and a thread that has projected a head computes its attention while
 * it is in the cache.
 *
 * <p>Each of the projections may be left out: queries, keys or values are given as heads then, or
 * the output is the result of attention.
 *
 * <p>Letters: B batch axes, Q queries, K keys, F features, H heads, D depth.
 */
public final class AttentionLayer {
  private AttentionLayer() {}

  /**
   * The parameters of a projection.
   *
   * @param kernel shape {@code [F, H, D]}; {@code [H, D, F]} of the projection out
   * @param bias shape {@code [H, D]}; {@code [F]} of the projection out; null for none
   */
  public record Projection(Array kernel, @Nullable Array bias) {
    /** The projection of one or two arrays of a list. */
    private static Projection of(List<Array> arrays, int from, int to) {
      return new Projection(arrays.get(from), from + 1 < to ? arrays.get(from + 1) : null);
    }

    private void addTo(List<Array> inputs) {
      inputs.add(kernel);
      if (bias != null) {
        inputs.add(bias);
      }
    }

    /** The bias rounded to a dtype, as float32. The conversion is cached. */
    float @Nullable [] biasOf(DType dtype) {
      return bias == null
          ? null
          : bias.convertedTo(dtype).convertedTo(DType.FLOAT32).storage().floats();
    }

    /**
     * The projection of an array, of which as many of the last axes are contracted as of the first
     * axes of the kernel.
     *
     * @param contracted how many: 1 into heads, 2 out of them
     * @param dtype in which it is computed
     */
    public Array apply(Array x, int contracted, DType dtype) {
      int[] last = Axes.range(x.rank() - contracted, contracted);
      int[] first = Axes.first(contracted);
      Array left = x.astype(dtype);
      Array right = kernel.convertedTo(dtype);
      return bias == null
          ? MatMul.dotGeneral(left, right, last, first, new int[0], new int[0])
          : MatMul.affine(left, right, last, first, bias.convertedTo(dtype));
    }

    /** The cotangents of x, kernel and, if present, bias; null where not wanted. */
    private List<@Nullable Array> vjp(
        Array x,
        int contracted,
        DType dtype,
        Array cotangent,
        List<Boolean> wanted,
        boolean isNested) {
      int[] none = {};
      int[] last = Axes.range(x.rank() - contracted, contracted);
      DotGeneral product = new DotGeneral(last, Axes.first(contracted), none, none);
      List<Array> given = new ArrayList<>(3);
      given.add(x);
      addTo(given);
      List<Array> inputs = new ArrayList<>(3);
      inputs.add(x.astype(dtype));
      given.subList(1, given.size()).forEach(array -> inputs.add(array.convertedTo(dtype)));
      List<@Nullable Array> gradients =
          product.vjp(new Op.VjpContext(inputs, cotangent, List.of(), wanted, isNested), cotangent);
      List<@Nullable Array> result = new ArrayList<>();
      for (int i = 0; i < gradients.size(); i++) {
        Array gradient = gradients.get(i);
        result.add(gradient == null ? null : gradient.astype(given.get(i).dtype()));
      }
      return result;
    }
  }

  /** Queries, keys or values: heads, or an input with the projection that makes them. */
  public static final class Operand {
    private final Array array;
    private final @Nullable Projection projection;
    private final Shape shape;

    /**
     * An input and its projection into heads.
     *
     * @param input shape {@code [B..., length, F]}
     */
    public Operand(Array input, Projection projection) {
      this(input, projection, headsShape(input.shape(), projection.kernel.shape()));
    }

    private Operand(Array array, @Nullable Projection projection, Shape shape) {
      this.array = array;
      this.projection = projection;
      this.shape = shape;
    }

    private static Shape headsShape(Shape input, Shape kernel) {
      if (input.rank() < 2 || kernel.rank() != 3 || input.dim(-1) != kernel.dim(0)) {
        throw new IllegalArgumentException(
            ("attention layer: expected an input [B..., length, F] and a kernel [F, H, D], got"
                    + " %s and %s")
                .formatted(input, kernel));
      }
      int[] dims = Arrays.copyOf(input.dims(), input.rank() + 1);
      dims[dims.length - 2] = kernel.dim(1);
      dims[dims.length - 1] = kernel.dim(2);
      return Shape.of(dims);
    }

    /**
     * Heads that are computed already.
     *
     * @param heads shape {@code [B..., length, H, D]}
     */
    public static Operand of(Array heads) {
      return new Operand(heads, null, heads.shape());
    }

    /** The operand of one to three arrays of a list. */
    private static Operand of(List<Array> arrays, int from, int to, Shape shape) {
      Projection projection = from + 1 < to ? Projection.of(arrays, from + 1, to) : null;
      return new Operand(arrays.get(from), projection, shape);
    }

    /** The heads, or the input of the projection. */
    public Array array() {
      return array;
    }

    /** The projection into heads; null if the heads are given. */
    public @Nullable Projection projection() {
      return projection;
    }

    private void addTo(List<Array> inputs) {
      inputs.add(array);
      if (projection != null) {
        projection.addTo(inputs);
      }
    }

    private int count() {
      return projection == null ? 1 : projection.bias == null ? 2 : 3;
    }

    /** The shape of the heads, {@code [B..., length, H, D]}. */
    public Shape shape() {
      return shape;
    }

    /**
     * The heads, computed now if there is a projection.
     *
     * @param dtype in which they are computed, and which they have
     */
    public Array heads(DType dtype) {
      return projection == null ? array.astype(dtype) : projection.apply(array, 1, dtype);
    }

    private void addGradients(
        List<@Nullable Array> all, DType dtype, @Nullable Array cotangent, Op.VjpContext call) {
      int count = count();
      if (cotangent == null) {
        all.addAll(Collections.nCopies(count, null));
      } else if (projection == null) {
        all.add(cotangent.astype(array.dtype()));
      } else {
        List<Boolean> wanted = call.wanted().subList(all.size(), all.size() + count);
        all.addAll(projection.vjp(array, 1, dtype, cotangent, wanted, call.isNested()));
      }
    }
  }

  /** The operands of a layer; {@code out} is null for none. */
  record Operands(Operand query, Operand key, Operand value, @Nullable Projection out) {
    /** Checks that the shapes fit. */
    void require() {
      Shape q = query.shape;
      Shape k = key.shape;
      Shape v = value.shape;
      Shape kernel = out == null ? null : out.kernel.shape();
      int rank = q.rank();
      boolean fits =
          rank >= 3
              && haveEqualAxes(q, k, rank - 3)
              && haveEqualAxes(k, v, rank - 2)
              && q.dim(-2) % Math.max(1, k.dim(-2)) == 0
              && q.dim(-1) == k.dim(-1)
              && k.dim(-2) == v.dim(-2)
              && (kernel == null
                  || (kernel.rank() == 3
                      && kernel.dim(0) == q.dim(-2)
                      && kernel.dim(1) == v.dim(-1)));
      if (!fits) {
        throw new IllegalArgumentException(
            "attention layer: expected query [B..., Q, H, D], key [B..., K, H, D], value"
                + " [B..., K, H, V] and the kernel [H, V, F] of the projection out, got %s, %s, %s, %s"
                    .formatted(q, k, v, kernel == null ? "none" : kernel));
      }
    }

    private static boolean haveEqualAxes(Shape a, Shape b, int count) {
      boolean equal = a.rank() == b.rank();
      for (int axis = 0; equal && axis < count; axis++) {
        equal = a.dim(axis) == b.dim(axis);
      }
      return equal;
    }

    int heads() {
      return query.shape.dim(-2);
    }
  }

  /**
   * Attention from every query to the keys, between projections.
   *
   * @param query shape of the heads {@code [B..., Q, H, D]}
   * @param key shape of the heads {@code [B..., K, H, D]}, or fewer heads that divide H, each
   *     shared by consecutive heads of queries
   * @param value shape of the heads {@code [B..., K, H, V]}, as many as of keys
   * @param out the projection out, kernel {@code [H, V, F]}; null for none
   * @param dtype the floating-point type in which all of it is computed
   * @param options as in {@link Attention#attend}
   * @return shape {@code [B..., Q, F]} of {@code dtype}; without a projection out the result of
   *     {@link Attention#attend}
   * @throws IllegalArgumentException if shapes do not fit, or mask or dropout mask do not broadcast
   *     to the scores
   */
  public static Array apply(
      Operand query,
      Operand key,
      Operand value,
      @Nullable Projection out,
      DType dtype,
      Attention.Options options) {
    new Operands(query, key, value, out).require();
    boolean isAttentionOnly =
        query.projection == null && key.projection == null && value.projection == null;
    if (isAttentionOnly && out == null) {
      return Attention.attend(
          query.heads(dtype), key.heads(dtype), value.heads(dtype), null, options);
    }
    List<Array> inputs = new ArrayList<>(11);
    query.addTo(inputs);
    int keys = inputs.size();
    key.addTo(inputs);
    int values = inputs.size();
    value.addTo(inputs);
    int outs = inputs.size();
    if (out != null) {
      out.addTo(inputs);
    }
    Places places = new Places(keys, values, outs, query.shape, key.shape, value.shape);
    return Op.run(new Layer(places, dtype, options), inputs.toArray(Array[]::new));
  }

  /**
   * Where the operands are among the inputs of the operation: query, key and value, each followed
   * by kernel and bias if it has them, then kernel and bias of the projection out.
   *
   * @param keys the index of the key, which is the number of arrays of the query
   * @param values the index of the value
   * @param outs the index of the kernel of the projection out
   * @param q the shape of the query's heads
   * @param k the shape of the key's heads
   * @param v the shape of the value's heads
   */
  private record Places(int keys, int values, int outs, Shape q, Shape k, Shape v) {}

  /** The operation. */
  private record Layer(Places places, DType dtype, Attention.Options options) implements Op {
    @Override
    public String name() {
      return "multi_head_dot_product_attention";
    }

    private Operands operands(List<Array> inputs) {
      return new Operands(
          Operand.of(inputs, 0, places.keys, places.q),
          Operand.of(inputs, places.keys, places.values, places.k),
          Operand.of(inputs, places.values, places.outs, places.v),
          places.outs < inputs.size() ? Projection.of(inputs, places.outs, inputs.size()) : null);
    }

    @Override
    public Array forward(List<Array> inputs) {
      Operands operands = operands(inputs);
      return dtype == DType.FLOAT64
          ? Parts.of(operands, dtype, options, false).output(operands.out(), dtype)
          : new AttentionLayerCall(operands, dtype, options, false).run().output();
    }

    @Override
    public ForwardResult forwardWithResiduals(List<Array> inputs) {
      Operands operands = operands(inputs);
      if (dtype == DType.FLOAT64 || (dtype != DType.FLOAT32 && options.float32Softmax())) {
        Parts parts = Parts.of(operands, dtype, options, true);
        return new ForwardResult(parts.output(operands.out(), dtype), parts.arrays());
      }
      return new AttentionLayerCall(operands, dtype, options, true).run();
    }

    /** The chain of the derivatives of projection out, attention, and projections into heads. */
    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      Operands operands = operands(call.inputs());
      Parts parts =
          call.isNested() ? Parts.of(operands, dtype, options, false) : Parts.of(call.residuals());
      List<Boolean> wantedHeads = wantedHeads(call);
      boolean isAttendedWanted = wantedHeads.contains(true);
      @Nullable Array ofAttended = cotangent;
      List<@Nullable Array> ofOut = List.of();
      Projection out = operands.out();
      if (out != null) {
        List<Boolean> wanted = new ArrayList<>(call.wanted());
        wanted.subList(0, places.outs).clear();
        wanted.addFirst(isAttendedWanted);
        List<@Nullable Array> gradients =
            out.vjp(parts.attended(), 2, dtype, cotangent, wanted, call.isNested());
        ofAttended = gradients.getFirst();
        ofOut = gradients.subList(1, gradients.size());
      }
      List<@Nullable Array> heads =
          isAttendedWanted && ofAttended != null
              ? Attention.vjp(options, parts.attention(call, wantedHeads), ofAttended)
              : Arrays.asList(null, null, null);
      List<@Nullable Array> all = new ArrayList<>();
      operands.query().addGradients(all, dtype, heads.get(0), call);
      operands.key().addGradients(all, dtype, heads.get(1), call);
      operands.value().addGradients(all, dtype, heads.get(2), call);
      all.addAll(ofOut);
      return all;
    }

    private List<Boolean> wantedHeads(VjpContext call) {
      List<Boolean> wanted = call.wanted();
      return List.of(
          wanted.subList(0, places.keys).contains(true),
          wanted.subList(places.keys, places.values).contains(true),
          wanted.subList(places.values, places.outs).contains(true));
    }
  }

  /**
   * The results of a layer's parts.
   *
   * @param query heads, shape {@code [B..., Q, H, D]}
   * @param key heads, shape {@code [B..., K, H, D]}
   * @param value heads, shape {@code [B..., K, H, V]}
   * @param attended the result of attention, shape {@code [B..., Q, H, V]}
   * @param statistics the residuals of attention; none where they are computed again
   */
  private record Parts(
      Array query, Array key, Array value, Array attended, List<Array> statistics) {

    /** Computes the parts; with statistics of arrays that are not traced. */
    static Parts of(
        Operands operands, DType dtype, Attention.Options options, boolean hasStatistics) {
      Array q = operands.query().heads(dtype);
      Array k = operands.key().heads(dtype);
      Array v = operands.value().heads(dtype);
      if (!hasStatistics) {
        return new Parts(q, k, v, Attention.attend(q, k, v, null, options), List.of());
      }
      Op.ForwardResult result = Attention.forwardWithResiduals(options, q, k, v);
      return new Parts(q, k, v, result.output(), result.residuals());
    }

    static Parts of(List<Array> residuals) {
      return new Parts(
          residuals.get(0),
          residuals.get(1),
          residuals.get(2),
          residuals.get(3),
          residuals.subList(4, residuals.size()));
    }

    List<Array> arrays() {
      List<Array> all = new ArrayList<>(List.of(query, key, value, attended));
      all.addAll(statistics);
      return all;
    }

    Array output(@Nullable Projection out, DType dtype) {
      return out == null ? attended : out.apply(attended, 2, dtype);
    }

    Op.VjpContext attention(Op.VjpContext call, List<Boolean> wanted) {
      return new Op.VjpContext(
          List.of(query, key, value), attended, statistics, wanted, call.isNested());
    }
  }
}
