package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.Compare;
import dev.heddle.array.Cumulative;
import dev.heddle.array.DType;
import dev.heddle.array.Einsum;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Reduce;
import dev.heddle.array.Softmax;
import dev.heddle.array.Sort;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import java.util.Arrays;
import java.util.List;

/** Functions of {@code jax.numpy}: promotion, einsum, elementwise functions, reductions. */
final class ArithmeticRunner {
  private final Case asked;
  private final Fields info;
  private final Differences findings;

  ArithmeticRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.info = asked.info();
    this.findings = findings;
  }

  /** Promotion of pairs of dtypes, and of a dtype with a Python scalar. */
  void promote() {
    Fields weak = info.fields("weak");
    for (String pair : weak.names()) {
      DType type = DType.of(pair.split(",")[0]);
      if (pair.endsWith(",float") && !asked.x64() && type.itemSize() < 8) {
        findings.expect(pair, weak.text(pair), Array.zeros(type).plus(1.5).dtype().toString());
      }
    }
    Fields table = info.fields("table");
    for (String pair : table.names()) {
      List<DType> types = Arrays.stream(pair.split(",")).map(DType::of).toList();
      DType got = DType.promote(types.get(0), types.get(1));
      if (asked.x64() || !pair.matches("u?int32,u?int32") || types.get(0) == types.get(1)) {
        findings.expect(pair, table.text(pair), got.toString());
      } // otherwise int64, which JAX has only with x64
    }
  }

  void einsum() {
    Array[] inputs = asked.inputs().values().toArray(Array[]::new);
    compareToLargest(Einsum.einsum(info.text("spec"), inputs));
  }

  void elementwise() {
    List<Array> in = List.copyOf(asked.inputs().values());
    Array got = in.size() == 1 ? unary(in.getFirst()) : binary(in.getFirst(), in.getLast());
    Tensor expected = asked.tensor("output");
    findings.compare(
        "output",
        expected,
        Tensor.of(got),
        expected.isFloating() ? Tolerance.ofElement(expected.dtype()) : Tolerance.BITS);
  }

  private Array unary(Array x) {
    return switch (info.text("fn")) {
      case "exp" -> Elementwise.exp(x);
      case "expm1" -> Elementwise.expm1(x);
      case "log" -> Elementwise.log(x);
      case "log1p" -> Elementwise.log1p(x);
      case "log2" -> Elementwise.log2(x);
      case "sqrt" -> Elementwise.sqrt(x);
      case "rsqrt" -> Elementwise.rsqrt(x);
      case "sin" -> Elementwise.sin(x);
      case "cos" -> Elementwise.cos(x);
      case "tanh" -> Elementwise.tanh(x);
      case "erf" -> Elementwise.erf(x);
      case "erfc" -> Elementwise.erfc(x);
      case "erfinv" -> Elementwise.erfInv(x);
      case "logistic" -> Elementwise.sigmoid(x);
      case "abs" -> Elementwise.abs(x);
      case "sign" -> Elementwise.sign(x);
      case "floor" -> Elementwise.floor(x);
      case "ceil" -> Elementwise.ceil(x);
      case "round" -> Elementwise.round(x);
      case "negative" -> Elementwise.negative(x);
      case "square" -> Elementwise.square(x);
      case "reciprocal" -> Elementwise.reciprocal(x);
      case "relu" -> Elementwise.relu(x);
      case "gelu_tanh" -> Elementwise.gelu(x);
      case "gelu_erf" -> Elementwise.geluExact(x);
      case "silu" -> Elementwise.silu(x);
      case "softplus" -> Elementwise.softplus(x);
      case "isnan" -> Compare.isNan(x);
      case "isfinite" -> Compare.isFinite(x);
      case "logical_not" -> Compare.logicalNot(x);
      default -> throw unknown();
    };
  }

  private Array binary(Array a, Array b) {
    return switch (info.text("fn")) {
      case "add" -> Elementwise.add(a, b);
      case "subtract" -> Elementwise.subtract(a, b);
      case "multiply" -> Elementwise.multiply(a, b);
      case "divide" -> Elementwise.divide(a, b);
      case "maximum" -> Elementwise.maximum(a, b);
      case "minimum" -> Elementwise.minimum(a, b);
      case "power" -> Elementwise.power(a, b);
      case "floor_divide" -> Elementwise.floorDivide(a, b);
      case "remainder" -> Elementwise.remainder(a, b);
      case "equal" -> Compare.equal(a, b);
      case "less" -> Compare.less(a, b);
      case "greater_equal" -> Compare.greaterEqual(a, b);
      case "logical_and" -> Compare.logicalAnd(a, b);
      case "logical_or" -> Compare.logicalOr(a, b);
      default -> throw unknown();
    };
  }

  /** Reductions, sorting, softmax. */
  void alongAxes() {
    Array x = asked.inputs().get("x");
    Fields args = info.fields("args");
    int[] axes = args.has("axis") ? args.integers("axis") : new int[0];
    compareToLargest(
        switch (info.text("fn")) {
          case "softmax" -> softmax(x, axes);
          case "log_softmax" -> logSoftmax(x, axes);
          case "logsumexp" -> Softmax.logsumexp(x, axes);
          case "sum" -> Reduce.sum(x, axes);
          case "mean" -> Reduce.mean(x, axes);
          case "max" -> Reduce.max(x, axes);
          case "min" -> Reduce.min(x, axes);
          case "prod" -> Reduce.prod(x, axes);
          case "var" -> Reduce.var(x, axes);
          case "any" -> Reduce.any(x, axes);
          case "all" -> Reduce.all(x, axes);
          case "argmax" -> Sort.argmax(x, axes[0]);
          case "argmin" -> Sort.argmin(x, axes[0]);
          case "cumsum" -> Cumulative.cumsum(x, axes[0]);
          case "sort" -> Sort.sort(x, axes[0]);
          case "argsort" -> Sort.argsort(x, axes[0]);
          default -> throw unknown();
        });
  }

  /** Softmax over several axes, from maximum, exponential and sum. */
  private static Array softmax(Array x, int[] axes) {
    if (axes.length == 1) {
      return Softmax.softmax(x, axes[0]);
    }
    Array exponentials = Elementwise.exp(x.minus(Reduce.max(x, true, axes)));
    return exponentials.dividedBy(Reduce.sum(exponentials, true, axes));
  }

  private static Array logSoftmax(Array x, int[] axes) {
    return axes.length == 1
        ? Softmax.logSoftmax(x, axes[0])
        : x.minus(Softmax.logsumexp(x, true, axes));
  }

  private void compareToLargest(Array got) {
    Tensor expected = asked.tensor("output");
    Array typed = isIndex() ? got.astype(DType.of(expected.dtype())) : got;
    findings.compare(
        "output",
        expected,
        Tensor.of(typed),
        expected.isFloating()
            ? new Tolerance.Absolute(AllowedDistance.of(asked, "output", expected))
            : Tolerance.BITS);
  }

  /** Indices are int32 here even where x64 makes JAX's int64. */
  private boolean isIndex() {
    return info.has("fn") && info.text("fn").startsWith("arg");
  }

  private IllegalArgumentException unknown() {
    return new IllegalArgumentException("the tests do not know the function " + info.text("fn"));
  }
}
