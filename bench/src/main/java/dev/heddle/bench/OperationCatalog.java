package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.Attention;
import dev.heddle.array.AttentionLayer;
import dev.heddle.array.Cast;
import dev.heddle.array.Compare;
import dev.heddle.array.Concatenate;
import dev.heddle.array.Creation;
import dev.heddle.array.Cumulative;
import dev.heddle.array.DType;
import dev.heddle.array.Einsum;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Gather;
import dev.heddle.array.Index;
import dev.heddle.array.MatMul;
import dev.heddle.array.Norm;
import dev.heddle.array.Reduce;
import dev.heddle.array.Repeat;
import dev.heddle.array.Reshape;
import dev.heddle.array.Slice;
import dev.heddle.array.Softmax;
import dev.heddle.array.Sort;
import dev.heddle.array.Transpose;
import dev.heddle.array.Where;
import dev.heddle.bench.Operation.Body;
import dev.heddle.bench.Operation.Flops;
import dev.heddle.bench.Operation.Kind;
import java.util.ArrayList;
import java.util.List;

/** Every public array operation, with an example call. */
final class OperationCatalog {
  private static final String SCATTERED =
      "its pullback writes element by element, since the elements are not adjacent; contiguous"
          + " parts are copied by rows";

  private static final Flops PRODUCT = n -> 2 * n * n * n;
  private static final Flops TWO_PRODUCTS = n -> 4 * n * n * n;
  private static final Flops LAYER = n -> 4 * PRODUCT.of(n) + 2 * PRODUCT.of(n);

  private final List<Operation> all = new ArrayList<>();

  private OperationCatalog() {}

  static List<Operation> all() {
    OperationCatalog catalog = new OperationCatalog();
    catalog.products();
    catalog.attention();
    catalog.functions();
    catalog.arithmetic();
    catalog.comparisons();
    catalog.reductions();
    catalog.moves();
    catalog.choices();
    catalog.creations();
    return List.copyOf(catalog.all);
  }

  private void add(Kind kind, String name, Body body) {
    all.add(new Operation(name, kind, body, null, ""));
  }

  private void add(Kind kind, String name, Flops flops, Body body) {
    all.add(new Operation(name, kind, body, flops, ""));
  }

  /** Sets the reason of the last operation. */
  private void because(String reason) {
    all.add(all.removeLast().withReason(reason));
  }

  private void products() {
    add(Kind.NUMBER, "MatMul.matmul", PRODUCT, (x, in) -> MatMul.matmul(x, in.y()));
    int[] last = {1};
    int[] first = {0};
    int[] none = {};
    add(
        Kind.NUMBER,
        "MatMul.dotGeneral",
        PRODUCT,
        (x, in) -> MatMul.dotGeneral(x, in.y(), last, last, none, none));
    add(
        Kind.FLOAT,
        "MatMul.affine",
        PRODUCT,
        (x, in) -> MatMul.affine(x, in.y(), last, first, in.row()));
    add(Kind.NUMBER, "Einsum.einsum", PRODUCT, (x, in) -> Einsum.einsum("ij,jk->ik", x, in.y()));
  }

  private void attention() {
    Attention.Options usual = Attention.Options.NONE;
    add(
        Kind.FLOAT,
        "Attention.attend",
        TWO_PRODUCTS,
        (x, in) ->
            Attention.attend(
                x.reshape(1, in.side(), 4, in.side() / 4), in.heads(6), in.heads(7), null, usual));
    add(
        Kind.FLOAT,
        "Attention.weights",
        PRODUCT,
        (x, in) ->
            Attention.weights(x.reshape(1, in.side(), 4, in.side() / 4), in.heads(6), null, usual));
    because("writes the weights, quadratic in the length, four times: limited by memory bandwidth");
    add(
        Kind.FLOAT,
        "Attention.weightsOfScores",
        n -> n * n,
        (x, in) ->
            Attention.weightsOfScores(x.reshape(1, in.side(), in.side()), null, in.dtype(), usual));
    because("a softmax without a product: one operation per element, limited by memory bandwidth");
    add(
        Kind.FLOAT,
        "AttentionLayer.apply",
        LAYER,
        (x, in) -> {
          var projection = new AttentionLayer.Projection(in.kernel(), null);
          var out = new AttentionLayer.Projection(in.outKernel(), null);
          Array sequence = x.reshape(1, in.side(), in.side());
          var operand = new AttentionLayer.Operand(sequence, projection);
          return AttentionLayer.apply(operand, operand, operand, out, in.dtype(), usual);
        });
  }

  private void functions() {
    add(Kind.NUMBER, "Elementwise.negative", (x, in) -> Elementwise.negative(x));
    add(Kind.NUMBER, "Elementwise.abs", (x, in) -> Elementwise.abs(x));
    add(Kind.PLAIN, "Elementwise.sign", (x, in) -> Elementwise.sign(x));
    add(Kind.NUMBER, "Elementwise.square", (x, in) -> Elementwise.square(x));
    add(Kind.FLOAT, "Elementwise.reciprocal", (x, in) -> Elementwise.reciprocal(x));
    add(Kind.FLOAT, "Elementwise.sqrt", (x, in) -> Elementwise.sqrt(x));
    add(Kind.FLOAT, "Elementwise.rsqrt", (x, in) -> Elementwise.rsqrt(x));
    add(Kind.FLOAT, "Elementwise.cbrt", (x, in) -> Elementwise.cbrt(x));
    add(Kind.FLOAT, "Elementwise.exp", (x, in) -> Elementwise.exp(x));
    add(Kind.FLOAT, "Elementwise.exp2", (x, in) -> Elementwise.exp2(x));
    add(Kind.FLOAT, "Elementwise.expm1", (x, in) -> Elementwise.expm1(x));
    add(Kind.FLOAT, "Elementwise.log", (x, in) -> Elementwise.log(x));
    add(Kind.FLOAT, "Elementwise.log2", (x, in) -> Elementwise.log2(x));
    add(Kind.FLOAT, "Elementwise.log1p", (x, in) -> Elementwise.log1p(x));
    add(Kind.FLOAT, "Elementwise.sin", (x, in) -> Elementwise.sin(x));
    add(Kind.FLOAT, "Elementwise.cos", (x, in) -> Elementwise.cos(x));
    add(Kind.FLOAT, "Elementwise.tanh", (x, in) -> Elementwise.tanh(x));
    add(Kind.FLOAT, "Elementwise.sigmoid", (x, in) -> Elementwise.sigmoid(x));
    add(Kind.FLOAT, "Elementwise.erf", (x, in) -> Elementwise.erf(x));
    add(Kind.FLOAT, "Elementwise.erfc", (x, in) -> Elementwise.erfc(x));
    add(Kind.FLOAT, "Elementwise.erfInv", (x, in) -> Elementwise.erfInv(x));
    because("XLA's polynomial with XLA's bits, which needs its own logarithm: a scalar loop");
    add(Kind.NUMBER, "Elementwise.relu", (x, in) -> Elementwise.relu(x));
    add(Kind.FLOAT, "Elementwise.silu", (x, in) -> Elementwise.silu(x));
    add(Kind.FLOAT, "Elementwise.gelu", (x, in) -> Elementwise.gelu(x));
    add(Kind.FLOAT, "Elementwise.geluExact", (x, in) -> Elementwise.geluExact(x));
    add(Kind.FLOAT, "Elementwise.softplus", (x, in) -> Elementwise.softplus(x));
    add(Kind.PLAIN, "Elementwise.floor", (x, in) -> Elementwise.floor(x));
    add(Kind.PLAIN, "Elementwise.ceil", (x, in) -> Elementwise.ceil(x));
    add(Kind.PLAIN, "Elementwise.round", (x, in) -> Elementwise.round(x));
  }

  private void arithmetic() {
    add(Kind.NUMBER, "Elementwise.add", (x, in) -> Elementwise.add(x, in.y()));
    add(Kind.NUMBER, "Elementwise.subtract", (x, in) -> Elementwise.subtract(x, in.row()));
    add(Kind.NUMBER, "Elementwise.multiply", (x, in) -> Elementwise.multiply(x, in.y()));
    add(Kind.FLOAT, "Elementwise.divide", (x, in) -> Elementwise.divide(x, in.y()));
    add(Kind.PLAIN, "Elementwise.floorDivide", (x, in) -> Elementwise.floorDivide(x, in.y()));
    add(Kind.PLAIN, "Elementwise.remainder", (x, in) -> Elementwise.remainder(x, in.y()));
    add(Kind.FLOAT, "Elementwise.power", (x, in) -> Elementwise.power(x, in.y()));
    because("a scalar loop; the derivative computes another power and a logarithm");
    add(Kind.NUMBER, "Elementwise.maximum", (x, in) -> Elementwise.maximum(x, in.y()));
    add(Kind.NUMBER, "Elementwise.minimum", (x, in) -> Elementwise.minimum(x, in.y()));
    add(
        Kind.NUMBER,
        "Elementwise.clip",
        (x, in) -> Elementwise.clip(x, number(in, 0.2), number(in, 0.8)));
    because("its pullback is four comparisons and selections, each a pass over all elements");
  }

  private static Array number(OperationInputs in, double number) {
    return Array.scalar(in.dtype().isFloating() ? number : 10 * number, in.dtype());
  }

  private void comparisons() {
    add(Kind.PLAIN, "Compare.equal", (x, in) -> Compare.equal(x, in.y()));
    add(Kind.PLAIN, "Compare.notEqual", (x, in) -> Compare.notEqual(x, in.y()));
    add(Kind.PLAIN, "Compare.less", (x, in) -> Compare.less(x, in.y()));
    add(Kind.PLAIN, "Compare.lessEqual", (x, in) -> Compare.lessEqual(x, in.y()));
    add(Kind.PLAIN, "Compare.greater", (x, in) -> Compare.greater(x, in.y()));
    add(Kind.PLAIN, "Compare.greaterEqual", (x, in) -> Compare.greaterEqual(x, in.y()));
    add(Kind.FLAGS, "Compare.logicalAnd", (x, in) -> Compare.logicalAnd(x, in.y()));
    add(Kind.FLAGS, "Compare.logicalOr", (x, in) -> Compare.logicalOr(x, in.y()));
    add(Kind.FLAGS, "Compare.logicalXor", (x, in) -> Compare.logicalXor(x, in.y()));
    add(Kind.FLAGS, "Compare.logicalNot", (x, in) -> Compare.logicalNot(x));
    add(Kind.FLOAT_PLAIN, "Compare.isNan", (x, in) -> Compare.isNan(x));
    add(Kind.FLOAT_PLAIN, "Compare.isInf", (x, in) -> Compare.isInf(x));
    add(Kind.FLOAT_PLAIN, "Compare.isFinite", (x, in) -> Compare.isFinite(x));
  }

  private void reductions() {
    add(Kind.NUMBER, "Reduce.sum", (x, in) -> Reduce.sum(x, -1));
    add(Kind.NUMBER, "Reduce.prod", (x, in) -> Reduce.prod(x, -1));
    add(Kind.NUMBER, "Reduce.max", (x, in) -> Reduce.max(x, -1));
    add(Kind.NUMBER, "Reduce.min", (x, in) -> Reduce.min(x, -1));
    add(Kind.FLAGS, "Reduce.any", (x, in) -> Reduce.any(x, -1));
    add(Kind.FLAGS, "Reduce.all", (x, in) -> Reduce.all(x, -1));
    add(Kind.FLOAT, "Reduce.mean", (x, in) -> Reduce.mean(x, 0));
    because("over the first axis: the array is transposed first");
    add(Kind.FLOAT, "Reduce.var", (x, in) -> Reduce.var(x, -1));
    because("two means, a subtraction and a square, each a pass over all elements");
    add(Kind.FLOAT, "Reduce.std", (x, in) -> Reduce.std(x, -1));
    because("two means, a subtraction and a square, each a pass over all elements");
    add(Kind.NUMBER, "Cumulative.cumsum", (x, in) -> Cumulative.cumsum(x, -1));
    add(Kind.NUMBER, "Cumulative.cumprod", (x, in) -> Cumulative.cumprod(x, -1));
    add(Kind.FLOAT, "Softmax.softmax", (x, in) -> Softmax.softmax(x));
    add(Kind.FLOAT, "Softmax.logSoftmax", (x, in) -> Softmax.logSoftmax(x));
    add(Kind.FLOAT, "Softmax.logsumexp", (x, in) -> Softmax.logsumexp(x, -1));
    add(
        Kind.FLOAT32_ONLY,
        "Norm.lastAxis",
        (x, in) -> Norm.lastAxis(x, in.row(), in.row(), 1e-6, true));
    add(Kind.PLAIN, "Sort.argmax", (x, in) -> Sort.argmax(x, -1));
    add(Kind.PLAIN, "Sort.argmin", (x, in) -> Sort.argmin(x, -1));
    add(Kind.PLAIN, "Sort.argsort", (x, in) -> Sort.argsort(x, -1));
    add(Kind.NUMBER, "Sort.sort", (x, in) -> Sort.sort(x, -1));
    add(Kind.PLAIN, "Sort.topK", (x, in) -> Sort.topK(x, 5).values());
  }

  private void moves() {
    add(
        Kind.NUMBER,
        "Cast.astype",
        (x, in) -> Cast.astype(x, in.dtype() == DType.FLOAT32 ? DType.BFLOAT16 : DType.FLOAT32));
    add(Kind.NUMBER, "Transpose.transpose", (x, in) -> Transpose.transpose(x));
    add(Kind.NUMBER, "Transpose.moveaxis", (x, in) -> Transpose.moveaxis(x, 0, 1));
    add(Kind.NUMBER, "Transpose.swapaxes", (x, in) -> Transpose.swapaxes(x, 0, 1));
    add(Kind.NUMBER, "Reshape.reshape", (x, in) -> Reshape.reshape(x, x.size()));
    add(Kind.NUMBER, "Reshape.ravel", (x, in) -> Reshape.ravel(x));
    add(Kind.NUMBER, "Reshape.expandDims", (x, in) -> Reshape.expandDims(x, 0));
    add(
        Kind.NUMBER,
        "Reshape.squeeze",
        (x, in) -> Reshape.squeeze(x.reshape(1, in.side(), in.side()), 0));
    add(
        Kind.NUMBER,
        "Reshape.broadcastTo",
        (x, in) -> Reshape.broadcastTo(x, 2, in.side(), in.side()));
    because("the bytes of the result are counted, which is twice the input");
    add(Kind.NUMBER, "Repeat.tile", (x, in) -> Repeat.tile(x, 2, 1));
    add(Kind.NUMBER, "Repeat.repeat", (x, in) -> Repeat.repeat(x, 2, 0));
    add(
        Kind.NUMBER,
        "Repeat.broadcastArrays",
        (x, in) -> Repeat.broadcastArrays(x, in.row()).getLast());
    add(
        Kind.NUMBER,
        "Concatenate.concatenate",
        (x, in) -> Concatenate.concatenate(List.of(x, in.y()), 1));
    add(Kind.NUMBER, "Concatenate.stack", (x, in) -> Concatenate.stack(List.of(x, in.y()), 0));
    add(Kind.NUMBER, "Concatenate.split", (x, in) -> Concatenate.split(x, 2, 1).getFirst());
    add(
        Kind.NUMBER,
        "Concatenate.pad",
        (x, in) -> Concatenate.pad(x, new int[] {1, 1}, new int[] {1, 1}, 0));
  }

  private void choices() {
    add(Kind.NUMBER, "Slice.get", (x, in) -> Slice.get(x, Index.all(), Index.every(2)));
    because(SCATTERED);
    add(Kind.NUMBER, "Slice.set", (x, in) -> Slice.set(x, in.row(), Index.at(1)));
    add(
        Kind.NUMBER,
        "Slice.slice",
        (x, in) ->
            Slice.slice(x, new int[] {1, 1}, new int[] {in.side(), in.side()}, new int[] {1, 1}));
    add(
        Kind.NUMBER,
        "Slice.dynamicSlice",
        (x, in) -> Slice.dynamicSlice(x, new int[] {1, 0}, in.side() / 2, in.side()));
    add(
        Kind.NUMBER,
        "Slice.dynamicUpdateSlice",
        (x, in) -> Slice.dynamicUpdateSlice(x, in.row().reshape(1, in.side()), 1, 0));
    add(Kind.NUMBER, "Slice.flip", (x, in) -> Slice.flip(x, 1));
    because(SCATTERED);
    add(
        Kind.NUMBER,
        "Slice.diagonal",
        (x, in) -> Slice.diagonal(x.reshape(2, 2, in.side() * in.side() / 4), 0, 1));
    because(SCATTERED);
    add(Kind.NUMBER, "Gather.take", (x, in) -> Gather.take(x, in.places(), 0));
    add(Kind.NUMBER, "Gather.takeAlongAxis", (x, in) -> Gather.takeAlongAxis(x, in.columns(), 1));
    because("an index for each element; the other operations copy a row for each index");
    add(Kind.NUMBER, "Gather.index", (x, in) -> Gather.index(x, in.places()));
    add(Kind.NUMBER, "Where.where", (x, in) -> Where.where(in.flags(), x, in.y()));
    add(Kind.NUMBER, "Where.tril", (x, in) -> Where.tril(x));
    add(Kind.NUMBER, "Where.triu", (x, in) -> Where.triu(x));
  }

  private void creations() {
    add(
        Kind.PLAIN,
        "Creation.arange",
        (x, in) -> Creation.arange(0, in.side() * in.side(), 1, in.dtype()));
    add(
        Kind.FLOAT_PLAIN,
        "Creation.linspace",
        (x, in) -> Creation.linspace(0, 1, in.side() * in.side(), in.dtype()));
    add(Kind.PLAIN, "Creation.eye", (x, in) -> Creation.eye(in.side(), in.dtype()));
    add(Kind.PLAIN, "Creation.tri", (x, in) -> Creation.tri(in.side(), in.side(), 0, in.dtype()));
    add(Kind.PLAIN, "Creation.iota", (x, in) -> Creation.iota(in.dtype(), 0, in.side(), in.side()));
    add(
        Kind.PLAIN,
        "Creation.oneHot",
        (x, in) -> Creation.oneHot(in.places(), in.side(), in.dtype()));
    add(Kind.PLAIN, "Creation.scalarLike", (x, in) -> Creation.scalarLike(x, 2));
    because("makes one element; the bytes of the input are counted, which it does not read");
    add(Kind.PLAIN, "Creation.zerosLike", (x, in) -> Creation.zerosLike(x));
    add(Kind.PLAIN, "Creation.onesLike", (x, in) -> Creation.onesLike(x));
  }
}
