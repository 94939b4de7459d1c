package dev.heddle.linen;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.op.Attention;
import dev.heddle.array.op.AttentionLayer;
import dev.heddle.array.op.AttentionLayer.Parameters;
import dev.heddle.array.op.AttentionLayer.Projection;
import dev.heddle.linen.VariableTree.Branch;
import dev.heddle.linen.VariableTree.Leaf;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A call of attention as one operation, {@link AttentionLayer}: where all its parts are the usual
 * ones and nothing wants to see what is between them. The bits are those of the parts.
 */
record FusedLayer(AttentionInputs in, Parameters parameters, DType dtype) {
  /** For tests: counts the calls that run as one operation, where it is bound. */
  static final ScopedValue<AtomicInteger> CALLS = ScopedValue.newInstance();

  /** The call as one operation, or null if it must be made of its parts, for errors too. */
  static @Nullable FusedLayer of(Scope scope, AttentionConfig config, AttentionInputs in) {
    Branch params = isUsual(config) && scope.isPlain() ? scope.params() : null;
    if (params == null || (in.sowWeights() && scope.isMutable("intermediates"))) {
      return null;
    }
    Parameters parameters = params.resolved(config, () -> parameters(params));
    if (parameters == null || !fits(config, in, parameters)) {
      return null;
    }
    DType dtype = dtype(config.dtype(), in, parameters);
    boolean isHalf = dtype.isHalf();
    boolean canFuse = dtype == DType.FLOAT32 || (isHalf && !config.forceFp32ForSoftmax());
    return canFuse ? new FusedLayer(in, parameters, dtype) : null;
  }

  private static boolean isUsual(AttentionConfig config) {
    return config.attentionFn() == null
        && !config.decode()
        && !config.normalizeQk()
        && config.qkvDotGeneral() == null
        && config.outDotGeneral() == null
        && config.qkvDotGeneralCls() == null
        && config.outDotGeneralCls() == null
        && config.qkAttnWeightsEinsumCls() == null;
  }

  private static @Nullable Parameters parameters(Branch params) {
    Projection query = projection(params, "query");
    Projection key = projection(params, "key");
    Projection value = projection(params, "value");
    Projection out = projection(params, "out");
    if (query == null || key == null || value == null || out == null) {
      return null;
    }
    try {
      return new Parameters(query, key, value, out);
    } catch (IllegalArgumentException e) {
      return null; // the parts say what is wrong, with its path
    }
  }

  private static @Nullable Projection projection(Branch params, String name) {
    if (params.children().get(name) instanceof Branch group
        && group.children().get("kernel") instanceof Leaf(Array kernel)
        && kernel.tracer() == null) {
      VariableTree bias = group.children().get("bias");
      if (bias == null) {
        return new Projection(kernel, null);
      }
      if (bias instanceof Leaf(Array array) && array.tracer() == null) {
        return new Projection(kernel, array);
      }
    }
    return null;
  }

  private static boolean fits(AttentionConfig config, AttentionInputs in, Parameters p) {
    Array q = in.inputsQ();
    Array k = in.inputsK();
    Array v = in.inputsV();
    int features = q.shape().dim(-1);
    int qkv = config.qkvFeatures() == 0 ? features : config.qkvFeatures();
    int out = config.outFeatures() == 0 ? features : config.outFeatures();
    Shape kernel = p.out().kernel().shape();
    boolean parameters =
        kernel.dim(0) == config.numHeads()
            && kernel.dim(0) * kernel.dim(1) == qkv
            && kernel.dim(2) == out
            && p.query().kernel().shape().dim(0) == features
            && p.key().kernel().shape().dim(0) == k.shape().dim(-1)
            && p.value().kernel().shape().dim(0) == v.shape().dim(-1)
            && isBiased(p.query(), config)
            && isBiased(p.key(), config)
            && isBiased(p.value(), config)
            && isBiased(p.out(), config);
    return parameters
        && qkv > 0
        && isSameBatch(q, k)
        && isSameBatch(k, v)
        && k.shape().dim(-2) == v.shape().dim(-2)
        && q.tracer() == null
        && k.tracer() == null
        && v.tracer() == null;
  }

  private static boolean isBiased(Projection projection, AttentionConfig config) {
    return (projection.bias() != null) == config.useBias();
  }

  private static boolean isSameBatch(Array a, Array b) {
    boolean same = a.rank() == b.rank();
    for (int axis = 0; same && axis < a.rank() - 2; axis++) {
      same = a.shape().dim(axis) == b.shape().dim(axis);
    }
    return same;
  }

  /** The type of all parts, or a wide one if they differ. */
  private static DType dtype(@Nullable DType given, AttentionInputs in, Parameters p) {
    if (given != null) {
      return given;
    }
    DType query = of(in.inputsQ(), p.query());
    boolean same =
        query == of(in.inputsK(), p.key())
            && query == of(in.inputsV(), p.value())
            && query == DType.promote(query, of(in.inputsQ(), p.out()));
    return same ? query : DType.FLOAT64;
  }

  private static DType of(Array input, Projection projection) {
    return Promotion.canonicalizeDtype(null, input, projection.kernel(), projection.bias());
  }

  /** The output, shape {@code [B..., Q, F]}. */
  Array apply(AttentionOptions options) {
    if (CALLS.isBound()) {
      CALLS.get().incrementAndGet();
    }
    Array q = in.inputsQ();
    Shape batch = q.shape().range(0, q.rank() - 2);
    int keys = in.inputsK().shape().dim(-2);
    Shape scores = batch.append(parameters.heads(), q.shape().dim(-2), keys);
    Attention.Options between = DotProductAttention.fused(options, scores, dtype);
    return AttentionLayer.apply(q, in.inputsK(), in.inputsV(), parameters, dtype, between);
  }
}
