package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Derivatives of attention that go over the square of scores, in operations on arrays: those of the
 * weights, which are such a square, and of attention where it is differentiated twice. In float32,
 * or float64 where that is computed in, and rounded at the end.
 */
final class WeightGradient {
  private WeightGradient() {}

  /** Of weights by query, key and, where there is one, bias. */
  static List<@Nullable Array> ofWeights(
      Op.VjpContext call, Array cotangent, Attention.Options options) {
    boolean biased = call.inputs().size() > 2;
    Array slopes = slopes(weights(call), cotangent, options, call.inputs());
    List<@Nullable Array> gradients = new ArrayList<>(3);
    addQueryAndKey(gradients, call, slopes);
    if (biased) {
      gradients.add(call.wants(2) ? ofBias(slopes, call.input(2)) : null);
    }
    return gradients;
  }

  /** Of weights by the scores they were made of and, where there is one, bias. */
  static List<@Nullable Array> ofScoreWeights(
      Op.VjpContext call, Array cotangent, Attention.Options options) {
    Array slopes = slopes(weights(call), cotangent, options, call.inputs());
    Array scores = call.wants(0) ? slopes.astype(call.input(0).dtype()) : null;
    if (call.inputs().size() == 1) {
      return Arrays.asList(scores);
    }
    return Arrays.asList(scores, call.wants(1) ? ofBias(slopes, call.input(1)) : null);
  }

  /** Of attention by query, key, value and, where there is one, bias. */
  static List<@Nullable Array> ofAttention(
      Op.VjpContext call, Array cotangent, Attention.Options options) {
    boolean biased = call.inputs().size() > 3;
    Array bias = biased ? call.input(3) : null;
    DType wide = wide(call.inputs());
    Array weights =
        Attention.weights(call.input(0), call.input(1), bias, options.withoutDropout())
            .astype(wide);
    Array given = cotangent.astype(wide);
    Array value = call.input(2);
    Array ofWeights = Einsum.einsum("...qhd,...khd->...hqk", given, value.astype(wide));
    Array kept = weights;
    if (options.keep() != null) {
      Array factor = Array.scalar(options.dropoutScale(), wide);
      Array multiplier = Elementwise.multiply(bool(options.keep()).astype(wide), factor);
      kept = Elementwise.multiply(weights, multiplier);
      ofWeights = Elementwise.multiply(ofWeights, multiplier);
    }
    Array slopes = slopes(weights, ofWeights, options, call.inputs());
    List<@Nullable Array> gradients = new ArrayList<>(4);
    addQueryAndKey(gradients, call, slopes);
    gradients.add(
        call.wants(2)
            ? Einsum.einsum("...hqk,...qhd->...khd", kept, given).astype(value.dtype())
            : null);
    if (bias != null) {
      gradients.add(call.wants(3) ? ofBias(slopes, bias) : null);
    }
    return gradients;
  }

  /** The weights, before their rounding where those were kept and nobody differentiates them. */
  private static Array weights(Op.VjpContext call) {
    boolean exact = !call.residuals().isEmpty() && !call.isNested();
    return exact ? call.residuals().getFirst() : call.output();
  }

  /** What a change of each score is worth, {@code [B..., H, Q, K]}; nothing where it is masked. */
  private static Array slopes(
      Array output, Array cotangent, Attention.Options options, List<Array> inputs) {
    DType wide = wide(inputs);
    Array weights = output.astype(wide);
    Array given = fromHeaviest(weights, cotangent.astype(wide));
    Array mean = Reduce.sum(Elementwise.multiply(weights, given), true, -1);
    Array slopes = Elementwise.multiply(weights, Elementwise.subtract(given, mean));
    Array mask = options.mask();
    return mask == null ? slopes : Where.where(bool(mask), slopes, 0);
  }

  /**
   * The cotangents of a row less that of its largest weight. Slopes do not depend on what is added
   * to all of them; so they lose fewer digits where few weights count, and their cotangents are
   * large and alike.
   */
  private static Array fromHeaviest(Array weights, Array cotangents) {
    if (weights.shape().dim(-1) == 0) {
      return cotangents;
    }
    Array heaviest = Reshape.expandDims(Sort.argmax(weights, -1), -1);
    return Elementwise.subtract(cotangents, Gather.takeAlongAxis(cotangents, heaviest, -1));
  }

  private static void addQueryAndKey(
      List<@Nullable Array> gradients, Op.VjpContext call, Array slopes) {
    Array query = call.input(0);
    Array key = call.input(1);
    DType wide = slopes.dtype();
    Shape shape = query.shape();
    Array root = Array.scalar(Math.sqrt(shape.dim(-1)), query.dtype());
    if (call.wants(0)) {
      Array product = Einsum.einsum("...hqk,...khd->...qhd", slopes, key.astype(wide));
      gradients.add(Elementwise.divide(product, root.astype(wide)).astype(query.dtype()));
    } else {
      gradients.add(null);
    }
    if (call.wants(1)) {
      Array divided = Elementwise.divide(query, root).astype(wide);
      Array product = Einsum.einsum("...hqk,...qhd->...khd", slopes, divided);
      gradients.add(product.astype(key.dtype()));
    } else {
      gradients.add(null);
    }
  }

  private static Array ofBias(Array slopes, Array bias) {
    return Gradients.unbroadcast(slopes, bias.shape()).astype(bias.dtype());
  }

  private static DType wide(List<Array> inputs) {
    return inputs.stream().anyMatch(input -> input.dtype() == DType.FLOAT64)
        ? DType.FLOAT64
        : DType.FLOAT32;
  }

  private static Array bool(Array flags) {
    return flags.astype(DType.BOOL);
  }
}
