package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares every operation with JAX's results in golden/ops.txt (written by
 * src/test/python/op_cases.py): types, shapes, integers and bool exactly; floats to a few units in
 * the last place of the value or, for sums of products, whose order differs, of the largest value
 * in the result.
 */
class OracleTest {
  @TestFactory
  List<DynamicTest> equalsJax() throws IOException {
    Map<String, List<String>> byName = new TreeMap<>();
    try (InputStream in = OracleTest.class.getResourceAsStream("/golden/ops.txt")) {
      assertThat(in).as("golden/ops.txt").isNotNull();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        String name = line.substring(0, line.indexOf('\t'));
        byName.computeIfAbsent(name, key -> new ArrayList<>()).add(line);
      }
    }
    assertThat(byName).hasSizeGreaterThan(150);
    return byName.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> e.getValue().forEach(this::check)))
        .toList();
  }

  private void check(String line) {
    String[] fields = line.split("\t", -1);
    Array expected = parse(fields[1]);
    Array[] operands = Arrays.stream(fields).skip(2).map(OracleTest::parse).toArray(Array[]::new);
    String[] name = fields[0].split(" ", 2);
    Array actual = Operations.run(name[0], name.length > 1 ? name[1] : "", operands);
    assertThat(actual.dtype()).as(line).isEqualTo(expected.dtype());
    assertThat(actual.shape()).as(line).isEqualTo(expected.shape());
    if (!expected.dtype().isFloating()) {
      assertThat(actual.toLongArray()).as(line).isEqualTo(expected.toLongArray());
      return;
    }
    double[] want = expected.toDoubleArray();
    double[] got = actual.toDoubleArray();
    boolean summed = Set.of("einsum", "matmul", "cumsum").contains(name[0]);
    double scale = summed ? Arrays.stream(want).map(Math::abs).max().orElse(0) : 0.5;
    for (int i = 0; i < want.length; i++) {
      if (!near(got[i], want[i], scale, narrowest(expected, operands))) {
        fail("%s%nelement %d: expected %s, got %s", line, i, want[i], got[i]);
      }
    }
  }

  private static DType narrowest(Array expected, Array... operands) {
    DType dtype = expected.dtype();
    for (Array operand : operands) {
      if (operand.dtype().isFloating() && operand.dtype().itemSize() < dtype.itemSize()) {
        dtype = operand.dtype();
      }
    }
    return dtype;
  }

  private static boolean near(double got, double want, double scale, DType dtype) {
    if (Double.isNaN(want) || Double.isInfinite(want)) {
      return Double.compare(got, want) == 0;
    }
    double unit =
        switch (dtype) {
          case FLOAT64 -> 0x1p-50;
          case FLOAT32 -> 0x1p-21;
          case FLOAT16 -> 0x1p-10;
          default -> 0x1p-7;
        };
    return Math.abs(got - want) <= unit * Math.max(Math.abs(want), scale);
  }

  private static Array parse(String text) {
    String[] parts = text.split(":", -1);
    DType dtype = DType.of(parts[0]);
    Shape shape = Shape.of(ints(parts[1]));
    String[] words = parts[2].isEmpty() ? new String[0] : parts[2].split(",");
    if (!dtype.isFloating()) {
      return Array.wrap(
          Storage.ofLongs(dtype, Arrays.stream(words).mapToLong(Long::parseLong).toArray()), shape);
    }
    return Array.wrap(
        Storage.ofDoubles(dtype, Arrays.stream(words).mapToDouble(OracleTest::number).toArray()),
        shape);
  }

  private static double number(String word) {
    return switch (word) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(word);
    };
  }

  static int[] ints(String text) {
    return text.isEmpty()
        ? new int[0]
        : Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
  }

  /** The operations by their names in the file. */
  private static final class Operations {
    static Array run(String name, String settings, Array... x) {
      if (x.length == 1) {
        return unary(name, settings, x[0]);
      }
      return switch (name) {
        case "einsum" -> Einsum.einsum(settings, x);
        case "where" -> Where.where(x[0], x[1], x[2]);
        case "index" -> Gather.index(x[0], x[1], x[2]);
        case "take" -> Gather.take(x[0], x[1], ints(settings)[0]);
        case "takeAlongAxis" -> Gather.takeAlongAxis(x[0], x[1], ints(settings)[0]);
        case "concatenate" -> Concatenate.concatenate(List.of(x), ints(settings)[0]);
        case "stack" -> Concatenate.stack(List.of(x), ints(settings)[0]);
        case "dynamicUpdateSlice" -> Slice.dynamicUpdateSlice(x[0], x[1], ints(settings));
        case "set" -> Slice.set(x[0], x[1], Index.at(1), Index.every(2));
        case "matmul" -> MatMul.matmul(x[0], x[1]);
        default -> binary(name, x[0], x[1]);
      };
    }

    private static Array binary(String name, Array x, Array y) {
      return switch (name) {
        case "add" -> Elementwise.add(x, y);
        case "subtract" -> Elementwise.subtract(x, y);
        case "multiply" -> Elementwise.multiply(x, y);
        case "divide" -> Elementwise.divide(x, y);
        case "floorDivide" -> Elementwise.floorDivide(x, y);
        case "remainder" -> Elementwise.remainder(x, y);
        case "power" -> Elementwise.power(x, y);
        case "maximum" -> Elementwise.maximum(x, y);
        case "minimum" -> Elementwise.minimum(x, y);
        case "equal" -> Compare.equal(x, y);
        case "notEqual" -> Compare.notEqual(x, y);
        case "less" -> Compare.less(x, y);
        case "lessEqual" -> Compare.lessEqual(x, y);
        case "greater" -> Compare.greater(x, y);
        case "greaterEqual" -> Compare.greaterEqual(x, y);
        case "logicalAnd" -> Compare.logicalAnd(x, y);
        case "logicalOr" -> Compare.logicalOr(x, y);
        case "logicalXor" -> Compare.logicalXor(x, y);
        default -> throw new IllegalArgumentException(name);
      };
    }

    private static Array unary(String name, String settings, Array x) {
      if (name.startsWith("x[")) {
        return indexed(name + (settings.isEmpty() ? "" : " " + settings), x);
      }
      int[] n = settings.matches("[-0-9,]*") ? ints(settings) : new int[0];
      return switch (name) {
        case "einsum" -> Einsum.einsum(settings, x);
        case "astype" -> x.astype(DType.of(settings));
        case "sum" -> Reduce.sum(x, n);
        case "prod" -> Reduce.prod(x, n);
        case "max" -> Reduce.max(x, n);
        case "min" -> Reduce.min(x, n);
        case "mean" -> Reduce.mean(x, n);
        case "var" -> Reduce.var(x, n);
        case "std" -> Reduce.std(x, n);
        case "any" -> Reduce.any(x, n);
        case "all" -> Reduce.all(x, n);
        case "logsumexp" -> Softmax.logsumexp(x, n);
        case "softmax" -> Softmax.softmax(x, n[0]);
        case "logSoftmax" -> Softmax.logSoftmax(x, n[0]);
        case "cumsum" -> Cumulative.cumsum(x, n[0]);
        case "cumprod" -> Cumulative.cumprod(x, n[0]);
        case "argmax" -> Sort.argmax(x, n[0]);
        case "argmin" -> Sort.argmin(x, n[0]);
        case "argsort" -> Sort.argsort(x, n[0]);
        case "sort" -> Sort.sort(x, n[0]);
        case "topK" ->
            settings.equals("values") ? Sort.topK(x, 3).values() : Sort.topK(x, 3).indices();
        case "tril" -> Where.tril(x, n[0]);
        case "triu" -> Where.triu(x, n[0]);
        case "transpose" -> Transpose.transpose(x, n);
        case "moveaxis" -> Transpose.moveaxis(x, n[0], n[1]);
        case "swapaxes" -> Transpose.swapaxes(x, n[0], n[1]);
        case "flip" -> Slice.flip(x, n);
        case "reshape" -> Reshape.reshape(x, n);
        case "expandDims" -> Reshape.expandDims(x, n);
        case "squeeze" -> Reshape.squeeze(x, n);
        case "broadcastTo" -> Reshape.broadcastTo(x, n);
        case "tile" -> Repeat.tile(x, n);
        case "repeat" -> Repeat.repeat(x, n[0], n[1]);
        case "pad" -> Concatenate.pad(x, new int[] {1, 0}, new int[] {0, 2}, 7);
        case "dynamicSlice" -> Slice.dynamicSlice(x, new int[] {5, -2}, 2, 2);
        default -> function(name, x);
      };
    }

    private static Array indexed(String name, Array x) {
      return switch (name) {
        case "x[1:, None, ::-2]" -> Slice.get(x, Index.from(1), Index.newAxis(), Index.every(-2));
        case "x[..., -1]" -> Slice.get(x, Index.rest(), Index.at(-1));
        case "x[-1, 5:0:-2, 1:99]" ->
            Slice.get(x, Index.at(-1), Index.range(5, 0, -2), Index.range(1, 99));
        default -> throw new IllegalArgumentException(name);
      };
    }

    private static Array function(String name, Array x) {
      return switch (name) {
        case "negative" -> Elementwise.negative(x);
        case "abs" -> Elementwise.abs(x);
        case "sign" -> Elementwise.sign(x);
        case "square" -> Elementwise.square(x);
        case "reciprocal" -> Elementwise.reciprocal(x);
        case "sqrt" -> Elementwise.sqrt(x);
        case "rsqrt" -> Elementwise.rsqrt(x);
        case "cbrt" -> Elementwise.cbrt(x);
        case "exp" -> Elementwise.exp(x);
        case "exp2" -> Elementwise.exp2(x);
        case "expm1" -> Elementwise.expm1(x);
        case "log" -> Elementwise.log(x);
        case "log2" -> Elementwise.log2(x);
        case "log1p" -> Elementwise.log1p(x);
        case "sin" -> Elementwise.sin(x);
        case "cos" -> Elementwise.cos(x);
        case "tanh" -> Elementwise.tanh(x);
        case "sigmoid" -> Elementwise.sigmoid(x);
        case "erf" -> Elementwise.erf(x);
        case "erfc" -> Elementwise.erfc(x);
        case "erfInv" -> Elementwise.erfInv(x);
        case "relu" -> Elementwise.relu(x);
        case "silu" -> Elementwise.silu(x);
        case "gelu" -> Elementwise.gelu(x);
        case "geluExact" -> Elementwise.geluExact(x);
        case "softplus" -> Elementwise.softplus(x);
        case "floor" -> Elementwise.floor(x);
        case "ceil" -> Elementwise.ceil(x);
        case "round" -> Elementwise.round(x);
        case "isNan" -> Compare.isNan(x);
        case "isInf" -> Compare.isInf(x);
        case "isFinite" -> Compare.isFinite(x);
        case "logicalNot" -> Compare.logicalNot(x);
        default -> throw new IllegalArgumentException(name);
      };
    }
  }
}
