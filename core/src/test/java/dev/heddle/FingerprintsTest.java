package dev.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.Attention;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.MatMul;
import dev.heddle.array.Reduce;
import dev.heddle.array.Softmax;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.linen.Mutable;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.linen.layers.LayerNorm;
import dev.heddle.optim.GradientTransformation;
import dev.heddle.optim.OptState;
import dev.heddle.optim.Optim;
import dev.heddle.support.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The bits of outputs, held against a committed file, so that they are the same on every machine. A
 * change of {@code fingerprints.txt} is a change of the numerics version; with {@code
 * -Dheddle.fingerprints=write} the file is written anew.
 */
class FingerprintsTest {
  private static final List<DType> FLOATS =
      List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16);
  private static final Path FILE = Path.of("src/test/resources/fingerprints.txt");

  private final Map<String, String> fingerprints = new LinkedHashMap<>();

  @Test
  void outputsHaveTheCommittedBits() throws IOException {
    for (DType dtype : FLOATS) {
      products(dtype);
      reductions(dtype);
      functions(dtype);
      attention(dtype);
      attentionGradients(dtype);
      modules(dtype);
    }
    for (DType dtype : FLOATS) {
      functionGradients(dtype);
      layerGradients(dtype);
      steps(dtype);
    }
    List<String> lines = new ArrayList<>();
    fingerprints.forEach((name, digest) -> lines.add(digest + "  " + name));
    if ("write".equals(System.getProperty("heddle.fingerprints"))) {
      Files.write(FILE, lines);
    }
    assertThat(lines).containsExactlyElementsOf(Files.readAllLines(FILE));
  }

  private void products(DType dtype) {
    int[][] sizes = {{1, 1, 1}, {3, 17, 5}, {33, 64, 48}, {7, 300, 19}};
    for (int[] size : sizes) {
      Array a = Numbers.of(1, dtype, size[0], size[1]);
      Array b = Numbers.of(2, dtype, size[1], size[2]);
      add("matmul " + dtype + a.shape() + b.shape(), MatMul.matmul(a, b));
    }
  }

  private void reductions(DType dtype) {
    Array x = Numbers.of(3, dtype, 5, 37, 3);
    add("sum " + dtype + " all", Reduce.sum(x));
    add("sum " + dtype + " axis 1", Reduce.sum(x, 1));
    add("mean " + dtype + " last", Reduce.mean(x, -1));
    add("softmax " + dtype, Softmax.softmax(x, 1));
  }

  private void functions(DType dtype) {
    Array x = Numbers.between(4, -20, 20, dtype, 999);
    add("exp " + dtype, Elementwise.exp(x));
    add("log " + dtype, Elementwise.log(Elementwise.abs(x)));
    add("tanh " + dtype, Elementwise.tanh(x));
    add("erf " + dtype, Elementwise.erf(x));
    add("rsqrt " + dtype, Elementwise.rsqrt(Elementwise.abs(x)));
    add("exp2 " + dtype, Elementwise.exp2(x));
    add("log2 " + dtype, Elementwise.log2(Elementwise.abs(x)));
    add("cbrt " + dtype, Elementwise.cbrt(x));
    add("sin " + dtype, Elementwise.sin(x));
    add("cos " + dtype, Elementwise.cos(x));
    add("erfc " + dtype, Elementwise.erfc(x));
    add("gelu " + dtype, Elementwise.gelu(x));
    add("geluExact " + dtype, Elementwise.geluExact(x));
    add("silu " + dtype, Elementwise.silu(x));
    add("softplus " + dtype, Elementwise.softplus(x));
  }

  private void attention(DType dtype) {
    int[] keyCounts = {1, 20, 257, 600, 4097, 9000};
    for (int keys : keyCounts) {
      Array q = Numbers.of(5, dtype, 2, 3, 2, 5);
      Array k = Numbers.of(6, dtype, 2, keys, 2, 5);
      Array v = Numbers.of(7, dtype, 2, keys, 2, 4);
      Array mask = Numbers.flags(8, 2, 1, 3, keys);
      Array bias = Numbers.of(9, dtype, 2, 1, keys);
      Attention.Options masked = Attention.Options.NONE.withMask(mask);
      add("attention " + dtype + " keys " + keys, Attention.attend(q, k, v, bias, masked));
      add("weights " + dtype + " keys " + keys, Attention.weights(q, k, bias, masked));
    }
  }

  private void attentionGradients(DType dtype) {
    int[] keyCounts = {1, 20, 257, 4097};
    for (int keys : keyCounts) {
      Array q = Numbers.of(5, dtype, 2, 3, 2, 5);
      Array k = Numbers.of(6, dtype, 2, keys, 2, 5);
      Array v = Numbers.of(7, dtype, 2, keys, 2, 4);
      Array bias = Numbers.of(9, dtype, 2, 1, keys);
      Array keep = Numbers.flags(11, 2, 2, 3, keys);
      var options = new Attention.Options(Numbers.flags(8, 2, 1, 3, keys), keep, 1.25, false);
      var vjp =
          Grad.vjp(
              at ->
                  Attention.attend(
                      at.first().first(),
                      at.first().second(),
                      at.second().first(),
                      at.second().second(),
                      options),
              TreePair.of(TreePair.of(q, k), TreePair.of(v, bias)));
      Array cotangent = Numbers.of(12, dtype, 2, 3, 2, 4);
      List<Array> gradients = vjp.pullback(cotangent).leaves();
      for (int i = 0; i < gradients.size(); i++) {
        String by = List.of("query", "key", "value", "bias").get(i);
        add("attention by " + by + " " + dtype + " keys " + keys, gradients.get(i));
      }
    }
  }

  private void modules(DType dtype) {
    Array x = Numbers.of(10, dtype, 2, 20, 24);
    var attention =
        MultiHeadDotProductAttention.builder()
            .numHeads(3)
            .qkvFeatures(36)
            .dtype(dtype)
            .normalizeQk(true)
            .dropoutRate(0.25)
            .build();
    Rngs rngs = Rngs.of(0).and("dropout", 1);
    AttentionInputs inputs =
        AttentionInputs.of(x).mask(Masks.makeCausalMask(Array.zeros(DType.INT32, 2, 20)));
    Variables variables = attention.init(rngs, inputs.deterministic(true));
    variables.flatten().forEach((path, value) -> add("init " + dtype + " " + path, value));
    add("apply " + dtype, attention.apply(variables, inputs.deterministic(true)));
    add("dropout " + dtype, attention.apply(variables, inputs.deterministic(false), rngs));

    var decoder =
        MultiHeadDotProductAttention.builder().numHeads(3).dtype(dtype).decode(true).build();
    Variables state = decoder.init(Rngs.of(0), x);
    for (int i = 0; i < 3; i++) {
      Array token = Numbers.of(20 + i, dtype, 2, 1, 24);
      var step = decoder.apply(state, AttentionInputs.of(token), Rngs.none(), Mutable.of("cache"));
      add("decode " + dtype + " step " + i, step.output());
      state = state.merge(step.variables());
    }
  }

  private void functionGradients(DType dtype) {
    Array x = Numbers.of(30, dtype, 13, 37);
    gradients("softmax " + dtype, Softmax::softmax, x);
    gradients("logSoftmax " + dtype, Softmax::logSoftmax, x);
    gradients("gelu " + dtype, Elementwise::gelu, x);
    gradients("geluExact " + dtype, Elementwise::geluExact, x);
    gradients("relu " + dtype, Elementwise::relu, x);
    for (boolean fast : new boolean[] {true, false}) {
      LayerNorm norm = LayerNorm.builder().dtype(dtype).useFastVariance(fast).build();
      Variables variables = norm.init(Rngs.of(0), x);
      gradients(
          "LayerNorm " + (fast ? "fast " : "") + dtype,
          at -> norm.apply(at.first(), at.second()),
          TreePair.of(variables, x));
    }
  }

  private void layerGradients(DType dtype) {
    for (boolean normalizeQk : new boolean[] {false, true}) {
      var attention =
          MultiHeadDotProductAttention.builder()
              .numHeads(3)
              .qkvFeatures(36)
              .dtype(dtype)
              .normalizeQk(normalizeQk)
              .dropoutRate(0.25)
              .build();
      AttentionInputs inputs =
          AttentionInputs.of(Numbers.of(31, dtype, 2, 20, 24))
              .mask(Masks.makeCausalMask(Array.zeros(DType.INT32, 2, 20)));
      Variables variables = attention.init(Rngs.of(0), inputs.deterministic(true));
      gradients(
          "layer " + (normalizeQk ? "normalize_qk " : "") + dtype,
          at ->
              attention.apply(at.first(), at.second().deterministic(false), Rngs.of("dropout", 1)),
          TreePair.of(variables, inputs));
    }
  }

  private <T extends ArrayTree<T>> void gradients(String name, Function<T, Array> program, T at) {
    var vjp = Grad.vjp(program, at);
    Array output = vjp.output();
    T gradient = vjp.pullback(Numbers.of(32, output.dtype(), output.shape().dims()));
    addAll("gradient " + name, gradient);
  }

  private void steps(DType dtype) {
    SequencedMap<String, GradientTransformation> all = new LinkedHashMap<>();
    all.put("sgd", Optim.sgd(0.1).momentum(0.9).nesterov(true));
    all.put("adamw", Optim.adamw(0.01).mask((path, param) -> param.rank() > 1));
    all.put("lion", Optim.lion(0.01));
    all.put("clipped adam", Optim.chain(Optim.clipByGlobalNorm(1), Optim.adam(0.01)));
    all.forEach((name, tx) -> {
      var params = TreePair.of(Numbers.of(40, dtype, 9, 31), Numbers.of(41, dtype, 31));
      OptState state = tx.init(params);
      for (int i = 0; i < 2; i++) {
        Array ofKernel = Numbers.of(42 + i, dtype, 9, 31);
        var gradients = TreePair.of(ofKernel, Numbers.of(52 + i, dtype, 31));
        var step = Optim.applyGradients(tx, gradients, state, params);
        params = step.params();
        state = step.state();
      }
      addAll(name + " " + dtype, params);
      addAll(name + " state " + dtype, state);
    });
  }

  private void addAll(String name, ArrayTree<?> tree) {
    for (int i = 0; i < tree.leaves().size(); i++) {
      add(name + " " + tree.paths().get(i), tree.leaves().get(i));
    }
  }

  private void add(String name, Array array) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update((array.dtype() + array.shape().toString()).getBytes(StandardCharsets.UTF_8));
      String digest = HexFormat.of().formatHex(sha.digest(array.toBytes())).substring(0, 32);
      assertThat(fingerprints.put(name, digest)).as(name).isNull();
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
