package dev.heddle.array;

import dev.heddle.kernel.Rounding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Derivatives of attention by array operations on all scores: those of the attention weights, and
 * those of attention for higher derivatives. They are computed in float32, or in float64 if an
 * input is, and rounded at the end.
 */
final class WeightGradient {
  private WeightGradient() {}

  /** The cotangents of query, key and, if present, bias of the weights. */
  static List<@Nullable Array> ofWeights(
      Op.VjpContext call, Array cotangent, Attention.Options options) {
    boolean biased = call.inputs().size() > 2;
    Array scoreCotangents = scoreCotangents(weights(call), cotangent, options, call.inputs());
    List<@Nullable Array> gradients = new ArrayList<>(3);
    addQueryAndKey(gradients, call, scoreCotangents, options);
    if (biased) {
      gradients.add(call.wants(2) ? ofBias(scoreCotangents, call.input(2)) : null);
    }
    return gradients;
  }

  /** The cotangents of scores and, if present, bias of the weights of given scores. */
  static List<@Nullable Array> ofScoreWeights(
      Op.VjpContext call, Array cotangent, Attention.Options options) {
    Array scoreCotangents = scoreCotangents(weights(call), cotangent, options, call.inputs());
    Array given = call.input(0);
    Array scores =
        call.wants(0)
            ? ofProducts(scoreCotangents, given.astype(scoreCotangents.dtype()), options)
                .astype(given.dtype())
            : null;
    if (call.inputs().size() == 1) {
      return Arrays.asList(scores);
    }
    return Arrays.asList(scores, call.wants(1) ? ofBias(scoreCotangents, call.input(1)) : null);
  }

  /** The cotangents of query, key, value and, if present, bias of attention. */
  static List<@Nullable Array> ofAttention(
      Op.VjpContext call, Array cotangent, Attention.Options options) {
    boolean biased = call.inputs().size() > 3;
    Array bias = biased ? call.input(3) : null;
    DType computeType = computeType(call.inputs());
    Array weights =
        Attention.weights(call.input(0), call.input(1), bias, options.withoutDropout())
            .astype(computeType);
    Array g = cotangent.astype(computeType);
    Array value = call.input(2);
    Array values = ofQueryHeads(value.astype(computeType), call.input(0));
    Array ofWeights = Einsum.einsum("...qhd,...khd->...hqk", g, values);
    Array dropped = weights;
    if (options.keep() != null) {
      Array factor = Array.scalar(options.dropoutScale(), computeType);
      Array multiplier = Elementwise.multiply(bool(options.keep()).astype(computeType), factor);
      dropped = Elementwise.multiply(weights, multiplier);
      ofWeights = Elementwise.multiply(ofWeights, multiplier);
    }
    Array scoreCotangents = scoreCotangents(weights, ofWeights, options, call.inputs());
    List<@Nullable Array> gradients = new ArrayList<>(4);
    addQueryAndKey(gradients, call, scoreCotangents, options);
    gradients.add(
        call.wants(2)
            ? ofKeyHeads(Einsum.einsum("...hqk,...qhd->...khd", dropped, g), value)
                .astype(value.dtype())
            : null);
    if (bias != null) {
      gradients.add(call.wants(3) ? ofBias(scoreCotangents, bias) : null);
    }
    return gradients;
  }

  /** The weights, before rounding if those are residuals and this is the first derivative. */
  private static Array weights(Op.VjpContext call) {
    boolean exact = !call.residuals().isEmpty() && !call.isNested();
    return exact ? call.residuals().getFirst() : call.output();
  }

  /** The cotangents of the scores, {@code [B..., H, Q, K]}; zero where masked. */
  private static Array scoreCotangents(
      Array output, Array cotangent, Attention.Options options, List<Array> inputs) {
    DType computeType = computeType(inputs);
    Array weights = output.astype(computeType);
    Array g = centered(weights, cotangent.astype(computeType));
    Array mean = Reduce.sum(Elementwise.multiply(weights, g), true, -1);
    Array scoreCotangents = Elementwise.multiply(weights, Elementwise.subtract(g, mean));
    Array mask = options.mask();
    return mask == null ? scoreCotangents : Where.where(bool(mask), scoreCotangents, 0);
  }

  /**
   * The cotangents of a row minus that of its largest weight. The scores' cotangents are invariant
   * to such a shift, and it avoids cancellation where a few weights dominate whose cotangents are
   * large and nearly equal.
   */
  private static Array centered(Array weights, Array cotangents) {
    if (weights.shape().dim(-1) == 0) {
      return cotangents;
    }
    Array largest = Reshape.expandDims(Sort.argmax(weights, -1), -1);
    return Elementwise.subtract(cotangents, Gather.takeAlongAxis(cotangents, largest, -1));
  }

  private static void addQueryAndKey(
      List<@Nullable Array> gradients,
      Op.VjpContext call,
      Array scoreCotangents,
      Attention.Options options) {
    Array query = call.input(0);
    Array key = call.input(1);
    DType computeType = scoreCotangents.dtype();
    Shape shape = query.shape();
    double inverse = options.queryDivisor(shape.dim(-1), Rounding.NONE);
    Array divisor = Array.scalar(inverse, options.scale() == null ? query.dtype() : computeType);
    Array keys = ofQueryHeads(key.astype(computeType), query);
    Array divided = Elementwise.divide(query, divisor).astype(query.dtype()).astype(computeType);
    Array ofProducts =
        options.softCap() == 0
            ? scoreCotangents
            : ofProducts(
                scoreCotangents, Einsum.einsum("...qhd,...khd->...hqk", divided, keys), options);
    if (call.wants(0)) {
      Array product = Einsum.einsum("...hqk,...khd->...qhd", ofProducts, keys);
      gradients.add(Elementwise.divide(product, divisor.astype(computeType)).astype(query.dtype()));
    } else {
      gradients.add(null);
    }
    if (call.wants(1)) {
      Array product = Einsum.einsum("...hqk,...qhd->...khd", ofProducts, divided);
      gradients.add(ofKeyHeads(product, key).astype(key.dtype()));
    } else {
      gradients.add(null);
    }
  }

  /** The cotangents of the scores before the soft cap. */
  private static Array ofProducts(Array cotangents, Array products, Attention.Options options) {
    if (options.softCap() == 0) {
      return cotangents;
    }
    Array limit = Array.scalar(options.softCap(), products.dtype());
    Array tanh = Elementwise.tanh(Elementwise.divide(products, limit));
    Array slope =
        Elementwise.subtract(Array.scalar(1, tanh.dtype()), Elementwise.multiply(tanh, tanh));
    return Elementwise.multiply(cotangents, slope);
  }

  /** Keys or values with a head for each head of queries. */
  private static Array ofQueryHeads(Array keys, Array query) {
    int group = query.shape().dim(-2) / Math.max(1, keys.shape().dim(-2));
    return Repeat.repeat(keys, group, -2);
  }

  /** The gradients of heads of queries, added up for the head of keys or values they share. */
  private static Array ofKeyHeads(Array gradients, Array keys) {
    Shape shape = keys.shape();
    if (gradients.shape().equals(shape)) {
      return gradients;
    }
    int group = gradients.shape().dim(-2) / shape.dim(-2);
    Shape grouped = shape.range(0, shape.rank() - 1).append(group, shape.dim(-1));
    return Reduce.sum(Reshape.to(gradients, grouped), false, -2);
  }

  private static Array ofBias(Array scoreCotangents, Array bias) {
    return Gradients.unbroadcast(scoreCotangents, bias.shape()).astype(bias.dtype());
  }

  private static DType computeType(List<Array> inputs) {
    return inputs.stream().anyMatch(input -> input.dtype() == DType.FLOAT64)
        ? DType.FLOAT64
        : DType.FLOAT32;
  }

  private static Array bool(Array flags) {
    return flags.astype(DType.BOOL);
  }
}
