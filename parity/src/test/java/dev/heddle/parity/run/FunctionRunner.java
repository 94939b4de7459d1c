package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionOptions;
import dev.heddle.linen.attention.DotProductAttention;
import dev.heddle.linen.attention.Masks;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.random.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Attention outside any module, and masks. */
final class FunctionRunner {
  private final Case asked;
  private final Fields args;
  private final Differences findings;

  FunctionRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.args = asked.info().fields("args");
    this.findings = findings;
  }

  void attention() {
    Map<String, Array> inputs = asked.inputs();
    Array query = inputs.get("query");
    Array key = inputs.get("key");
    Array value = inputs.get("value");
    AttentionOptions options = options(inputs.get("bias"), inputs.get("mask"));
    Array got =
        value == null
            ? DotProductAttention.dotProductAttentionWeights(query, key, options)
            : DotProductAttention.dotProductAttention(query, key, value, options);
    Tensor expected = asked.tensor("output");
    findings.compare("output", expected, Tensor.of(got), tolerance("output", expected, inputs));
  }

  /**
   * The vector-Jacobian product of attention for query, key, value and bias, if they are
   * floating-point.
   */
  void gradient() {
    Map<String, Array> inputs = asked.inputs();
    SequencedMap<String, Array> floating = new LinkedHashMap<>();
    inputs.forEach((name, array) -> {
      if (!name.equals("mask") && array.dtype().isFloating()) {
        floating.put("inputs/" + name, array);
      }
    });
    Vjp<Variables, Array> vjp =
        Grad.vjp(
            at -> {
              Map<String, Array> given = new HashMap<>(inputs);
              at.flatten().forEach((path, array) -> given.put(nameOf(path), array));
              return DotProductAttention.dotProductAttention(
                  given.get("query"),
                  given.get("key"),
                  given.get("value"),
                  options(given.get("bias"), given.get("mask")));
            },
            Variables.of(floating));
    compareTo("output", vjp.output(), inputs);
    vjp.pullback(asked.tensor("cotangent").array())
        .flatten()
        .forEach((path, gradient) -> compareTo("grads/" + nameOf(path), gradient, inputs));
    findings.expect("gradients", asked.under("grads").size(), floating.size());
  }

  private static String nameOf(String path) {
    return path.substring("inputs/".length());
  }

  private void compareTo(String path, Array got, Map<String, Array> inputs) {
    Tensor expected = asked.tensor(path);
    findings.compare(path, expected, Tensor.of(got), tolerance(path, expected, inputs));
  }

  private Tolerance tolerance(String path, Tensor expected, Map<String, Array> inputs) {
    return new Tolerance.Absolute(
        Math.max(
            AllowedDistance.of(asked, path, expected),
            AllowedDistance.ofUlps(narrowest(inputs), expected)));
  }

  private AttentionOptions options(@Nullable Array bias, @Nullable Array mask) {
    AttentionOptions.Builder options =
        AttentionOptions.builder().bias(bias).mask(mask).x64(asked.x64());
    for (String name : args.names()) {
      switch (name) {
        case "deterministic" -> options.deterministic(args.flag(name));
        case "dropout_rate" -> options.dropoutRate(args.number(name));
        case "dropout_rng" ->
            options.dropoutRng(Key.of(args.whole(name), asked.x64()).era(asked.era()));
        case "broadcast_dropout" -> options.broadcastDropout(args.flag(name));
        case "dtype" -> options.dtype(DType.of(args.text(name)));
        case "force_fp32_for_softmax" -> options.forceFp32ForSoftmax(args.flag(name));
        default -> throw new IllegalArgumentException("no option: " + name);
      }
    }
    return options.build();
  }

  /** The narrowest dtype of the computation, not counting the bias. */
  private String narrowest(Map<String, Array> inputs) {
    List<DType> dtypes = new ArrayList<>();
    if (args.has("dtype")) {
      dtypes.add(DType.of(args.text("dtype")));
    } else {
      Stream.of("query", "key", "value")
          .filter(inputs::containsKey)
          .map(name -> inputs.get(name).dtype())
          .reduce(DType::promote)
          .ifPresent(dtypes::add);
    }
    if (args.flag("force_fp32_for_softmax")) {
      dtypes.add(DType.FLOAT32);
    }
    List<DType> widening = List.of(DType.BFLOAT16, DType.FLOAT16, DType.FLOAT32, DType.FLOAT64);
    return dtypes.stream().min(Comparator.comparing(widening::indexOf)).orElseThrow().toString();
  }

  void masks() {
    SequencedMap<String, Array> inputs = asked.inputs();
    DType dtype = args.has("dtype") ? DType.of(args.text("dtype")) : DType.FLOAT32;
    int extra = args.has("extra_batch_dims") ? args.integer("extra_batch_dims") : 0;
    Array made =
        switch (asked.info().text("fn")) {
          case "make_causal_mask" -> Masks.makeCausalMask(inputs.get("0"), extra, dtype);
          case "make_attention_mask" ->
              Masks.makeAttentionMask(inputs.get("0"), inputs.get("1"), pairwise(), extra, dtype);
          case "combine_masks" -> Masks.combineMasks(dtype, combined(inputs));
          default -> throw new IllegalArgumentException("no mask: " + asked.info().text("fn"));
        };
    if (made == null || !asked.tensors().containsKey("output")) {
      findings.expect("a mask", asked.tensors().containsKey("output"), made != null);
      return;
    }
    findings.compare("output", asked.tensor("output"), Tensor.of(made), Tolerance.BITS);
  }

  /** The input masks, with null for None. */
  private List<@Nullable Array> combined(Map<String, Array> inputs) {
    if (!asked.info().has("positions")) {
      return List.copyOf(inputs.values());
    }
    List<@Nullable Array> masks = new ArrayList<>();
    for (Object position : asked.info().list("positions")) {
      masks.add(position == null ? null : inputs.get(position.toString()));
    }
    return masks;
  }

  private BinaryOperator<Array> pairwise() {
    return switch (args.has("pairwise_fn") ? args.text("pairwise_fn") : "multiply") {
      case "multiply" -> Elementwise::multiply;
      case "add" -> Elementwise::add;
      case "subtract" -> Elementwise::subtract;
      case "maximum" -> Elementwise::maximum;
      case "equal" -> Compare::equal;
      case "not_equal" -> Compare::notEqual;
      case "less" -> Compare::less;
      case "less_equal" -> Compare::lessEqual;
      case "greater" -> Compare::greater;
      case "greater_equal" -> Compare::greaterEqual;
      case "logical_and" -> Compare::logicalAnd;
      case "logical_or" -> Compare::logicalOr;
      default -> throw new IllegalArgumentException("no function: " + args.text("pairwise_fn"));
    };
  }
}
