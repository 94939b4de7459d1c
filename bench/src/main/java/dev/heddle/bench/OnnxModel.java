package dev.heddle.bench;

import dev.heddle.array.DType;
import java.util.List;

/**
 * The layer as an ONNX model, with one of the attention operators in {@link Form}. Field numbers
 * are those of {@code onnx.proto}.
 *
 * <p>Input and output have the row's dtype, so that no call includes a conversion; parameters are
 * stored in float32 and cast, which ONNX Runtime does once, on loading.
 */
final class OnnxModel {
  private static final int IR_VERSION = 11;
  private static final int OPERATOR_SET = 23;

  private static final int FLOAT = 1;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int BFLOAT16 = 16;

  private static final int ATTRIBUTE_INT = 2;
  private static final String MICROSOFT = "com.microsoft";
  private static final String DEFAULT_DOMAIN = "";
  private static final List<String> PARTS = List.of("query", "key", "value");

  private final Problem problem;
  private final Form form;
  private final int type;
  private final Protobuf graph = new Protobuf();

  private OnnxModel(Problem problem, Form form) {
    this.problem = problem;
    this.form = form;
    this.type = type(problem.dtype());
  }

  /** The operators that compute attention in ONNX Runtime; which is fastest depends on the row. */
  enum Form {
    /** {@code Attention} of operator set 23 after three projections. */
    ATTENTION("Attention-23"),
    /**
     * {@code com.microsoft.MultiHeadAttention} after three products, with their biases: tiled
     * (flash) attention where it is not causal.
     */
    MULTI_HEAD_ATTENTION("MultiHeadAttention"),
    /** {@code com.microsoft.Attention}, which includes one product for query, key and value. */
    FUSED_ATTENTION("FusedAttention");

    private final String label;

    Form(String label) {
      this.label = label;
    }

    /** The form's name in file names and reports. */
    String label() {
      return label;
    }

    /** Whether ONNX Runtime's CPU kernels support the dtype. */
    boolean takes(DType dtype) {
      return this == ATTENTION || dtype == DType.FLOAT32;
    }
  }

  /** The model's bytes: input {@code x}, output {@code y}, both of the problem's dtype. */
  static byte[] of(Problem problem, Form form) {
    return new OnnxModel(problem, form).model().toBytes();
  }

  private Protobuf model() {
    return new Protobuf()
        .number(1, IR_VERSION)
        .text(2, "heddle-bench")
        .message(7, graph())
        .message(8, new Protobuf().text(1, DEFAULT_DOMAIN).number(2, OPERATOR_SET))
        .message(8, new Protobuf().text(1, MICROSOFT).number(2, 1));
  }

  /** The graph: three projections of x, attention, the output projection. */
  private Protobuf graph() {
    switch (form) {
      case ATTENTION -> attention();
      case MULTI_HEAD_ATTENTION -> multiHeadAttention();
      case FUSED_ATTENTION -> fusedAttention();
    }
    biased(product("heads", "out"), "out", "y");
    return graph.text(2, "attention").message(11, value("x")).message(12, value("y"));
  }

  private void attention() {
    String q = biased(product("x", "query"), "query", "query");
    String k = biased(product("x", "key"), "key", "key");
    String v = biased(product("x", "value"), "value", "value");
    node(
        DEFAULT_DOMAIN,
        "Attention",
        List.of(q, k, v),
        "heads",
        attribute("q_num_heads", problem.row().heads()),
        attribute("kv_num_heads", problem.row().heads()),
        attribute("is_causal", problem.row().causal() ? 1 : 0));
  }

  private void multiHeadAttention() {
    String q = product("x", "query");
    String k = product("x", "key");
    String v = product("x", "value");
    microsoft("MultiHeadAttention", List.of(q, k, v, biases()));
  }

  private void fusedAttention() {
    int features = problem.row().features();
    float[] packed = new float[3 * features * features];
    for (int part = 0; part < PARTS.size(); part++) {
      float[] kernel = problem.parameter(PARTS.get(part) + "/kernel");
      for (int row = 0; row < features; row++) {
        System.arraycopy(kernel, row * features, packed, (3 * row + part) * features, features);
      }
    }
    String kernels = constant("kernels", packed, features, 3L * features);
    microsoft("Attention", List.of("x", kernels, biases()));
  }

  private void microsoft(String operator, List<String> inputs) {
    node(
        MICROSOFT,
        operator,
        inputs,
        "heads",
        attribute("num_heads", problem.row().heads()),
        attribute("unidirectional", problem.row().causal() ? 1 : 0));
  }

  /** The biases of query, key and value, concatenated. */
  private String biases() {
    int features = problem.row().features();
    float[] packed = new float[3 * features];
    for (int part = 0; part < PARTS.size(); part++) {
      float[] bias = problem.parameter(PARTS.get(part) + "/bias");
      System.arraycopy(bias, 0, packed, part * features, features);
    }
    return constant("biases", packed, 3L * features);
  }

  /** {@code input @ kernel}, with the kernel as a matrix. */
  private String product(String input, String name) {
    int features = problem.row().features();
    String kernel = name + "/kernel";
    String matrix = constant(kernel, problem.parameter(kernel), features, features);
    node(DEFAULT_DOMAIN, "MatMul", List.of(input, matrix), name + "/product");
    return name + "/product";
  }

  private String biased(String product, String name, String result) {
    String bias = name + "/bias";
    String vector = constant(bias, problem.parameter(bias), problem.row().features());
    node(DEFAULT_DOMAIN, "Add", List.of(product, vector), result);
    return result;
  }

  private String constant(String path, float[] values, long... dims) {
    Protobuf tensor = new Protobuf();
    for (long dim : dims) {
      tensor.number(1, dim);
    }
    tensor.number(2, FLOAT).text(8, path).floats(9, values);
    graph.message(5, tensor);
    return cast(path, type);
  }

  /** The name of the value converted to a dtype; the same name for float32. */
  private String cast(String name, int to) {
    if (to == FLOAT) {
      return name;
    }
    node(DEFAULT_DOMAIN, "Cast", List.of(name), name + "/cast", attribute("to", to));
    return name + "/cast";
  }

  private void node(
      String domain, String operator, List<String> inputs, String output, Protobuf... attributes) {
    Protobuf node = new Protobuf();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, operator + "/" + output).text(4, operator).text(7, domain);
    for (Protobuf attribute : attributes) {
      node.message(5, attribute);
    }
    graph.message(1, node);
  }

  private static Protobuf attribute(String name, long value) {
    return new Protobuf().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
  }

  /** A value of the row's dtype, shape {@code [B, Q, F]}. */
  private Protobuf value(String name) {
    Row row = problem.row();
    Protobuf shape = new Protobuf();
    for (int dim : new int[] {row.batch(), row.length(), row.features()}) {
      shape.message(1, new Protobuf().number(1, dim));
    }
    Protobuf tensor = new Protobuf().number(1, type).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
  }

  private static int type(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> FLOAT16;
      case BFLOAT16 -> BFLOAT16;
      case FLOAT64 -> DOUBLE;
      default -> FLOAT;
    };
  }
}
