package dev.heddle.parity.run;

import dev.heddle.array.Array;
import dev.heddle.array.Concatenate;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.parity.cases.Tensor;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Functions of {@code jax.random} and initializers, compared bit by bit. */
final class RandomRunner {
  private final Case asked;
  private final Fields info;
  private final Fields args;
  private final Differences findings;

  RandomRunner(Case asked, Differences findings) {
    this.asked = asked;
    this.info = asked.info();
    this.args = info.fields("args");
    this.findings = findings;
  }

  void draw() {
    Tensor got = drawn();
    Tolerance tolerance = got.dtype().equals("float64") ? new Tolerance.Ulps(1) : Tolerance.BITS;
    if (!info.has("sha256")) {
      findings.compare("output", asked.tensor("output"), got, tolerance);
      return;
    }
    Tensor head = asked.tensor("head");
    findings.expect(
        "result_shape",
        Arrays.toString(info.integers("result_shape")),
        Arrays.toString(got.shape()));
    byte[] start = Arrays.copyOf(got.bytes(), head.bytes().length);
    findings.compare("head", head, new Tensor(got.dtype(), head.shape(), start), tolerance);
    if (tolerance == Tolerance.BITS) {
      findings.expect("sha256", info.text("sha256"), sha256(got.bytes()));
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException never) {
      throw new IllegalStateException(never);
    }
  }

  private Tensor drawn() {
    if (info.text("fn").equals("bits")) {
      return bits();
    }
    return Tensor.of(array());
  }

  /** Heddle lacks uint16 and uint64; compares their bits in signed types. */
  private Tensor bits() {
    String dtype = info.text("dtype");
    int width = Integer.parseInt(dtype.substring("uint".length()));
    Tensor drawn = Tensor.of(Random.bits(key(), width, shape().dims()));
    if (width != 16) {
      return drawn.as(dtype);
    }
    byte[] halves = new byte[2 * drawn.size()];
    for (int i = 0; i < drawn.size(); i++) {
      halves[2 * i] = drawn.bytes()[4 * i];
      halves[2 * i + 1] = drawn.bytes()[4 * i + 1];
    }
    return new Tensor(dtype, drawn.shape(), halves);
  }

  private Array array() {
    Key key = key();
    return switch (info.text("fn")) {
      case "key" -> key.data();
      case "split" ->
          Concatenate.stack(key.split(args.integer("num")).stream().map(Key::data).toList(), 0);
      case "fold_in" -> key.foldIn((int) args.whole("data")).data();
      case "uniform" ->
          args.has("minval")
              ? Random.uniform(
                  key, args.number("minval"), args.number("maxval"), dtype(), shape().dims())
              : Random.uniform(key, dtype(), shape().dims());
      case "normal" -> Random.normal(key, dtype(), shape().dims());
      case "truncated_normal" ->
          Random.truncatedNormal(
              key, args.number("lower"), args.number("upper"), dtype(), shape().dims());
      case "bernoulli" ->
          Random.bernoulli(
              key, args.number("p"), asked.x64() ? DType.FLOAT64 : DType.FLOAT32, shape().dims());
      case "randint" ->
          Random.randint(key, args.whole("minval"), args.whole("maxval"), dtype(), shape().dims());
      case "permutation" -> permutation(key);
      default -> throw new IllegalArgumentException("no draw: " + info.text("fn"));
    };
  }

  private Array permutation(Key key) {
    if (args.has("n")) {
      return Random.permutation(key, args.integer("n"));
    }
    return Random.permutation(key, asked.inputs().get("x"), args.integer("axis"));
  }

  private Key key() {
    return Key.of(info.whole("seed"), asked.x64())
        .era(asked.era())
        .partitionable(info.flag("partitionable"));
  }

  private Shape shape() {
    return Shape.of(info.integers("shape"));
  }

  private DType dtype() {
    return DType.of(info.text("dtype"));
  }

  void initialize() {
    Key key = Key.of(info.whole("seed"), asked.x64()).era(asked.era());
    Object spec = info.get("initializer");
    Array made = Configurations.initializer(spec).init(key, shape(), dtype());
    Tensor expected = asked.tensor("output");
    boolean orthogonal = spec.toString().contains("orthogonal");
    findings.compare(
        "output", expected, Tensor.of(made), Answers.initial(asked, "", expected, orthogonal));
  }
}
