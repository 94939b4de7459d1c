package dev.heddle.bench;

import dev.heddle.array.DType;
import java.util.List;

/**
 * The layer as an ONNX model: products, additions and the operator {@code Attention} of operator
 * set 23, which takes {@code [B, Q, F]} and the number of heads. The numbers of the fields are
 * those of {@code onnx.proto}.
 *
 * <p>In types other than float32 the parameters are stored in float32 and cast, which ONNX Runtime
 * does once, when it loads the model; so are the inputs and the output, at each call.
 */
final class OnnxModel {
  private static final int IR_VERSION = 11;
  private static final int OPERATOR_SET = 23;

  private static final int FLOAT = 1;
  private static final int FLOAT16 = 10;
  private static final int DOUBLE = 11;
  private static final int BFLOAT16 = 16;

  private static final int ATTRIBUTE_INT = 2;

  private final Problem problem;
  private final int type;
  private final Protobuf graph = new Protobuf();

  private OnnxModel(Problem problem) {
    this.problem = problem;
    this.type = type(problem.dtype());
  }

  /** The model's bytes: input {@code x}, output {@code y}, both float32. */
  static byte[] of(Problem problem) {
    return new OnnxModel(problem).model().toBytes();
  }

  private Protobuf model() {
    return new Protobuf()
        .number(1, IR_VERSION)
        .text(2, "heddle-bench")
        .message(7, graph())
        .message(8, new Protobuf().text(1, "").number(2, OPERATOR_SET));
  }

  /** The path of the data: x, three projections, attention, the projection out. */
  private Protobuf graph() {
    String x = cast("x", type);
    String q = projected(x, "query");
    String k = projected(x, "key");
    String v = projected(x, "value");
    Row row = problem.row();
    node(
        "Attention",
        List.of(q, k, v),
        "heads",
        attribute("q_num_heads", row.heads()),
        attribute("kv_num_heads", row.heads()),
        attribute("is_causal", row.causal() ? 1 : 0));
    String y = projected("heads", "out");
    node("Cast", List.of(y), "y", attribute("to", FLOAT));
    return graph.text(2, "attention").message(11, value("x")).message(12, value("y"));
  }

  /** {@code input @ kernel + bias}, with the kernel as a matrix. */
  private String projected(String input, String name) {
    int features = problem.row().features();
    String kernel = constant(name + "/kernel", features, features);
    String bias = constant(name + "/bias", features);
    node("MatMul", List.of(input, kernel), name + "/product");
    node("Add", List.of(name + "/product", bias), name);
    return name;
  }

  private String constant(String path, long... dims) {
    Protobuf tensor = new Protobuf();
    for (long dim : dims) {
      tensor.number(1, dim);
    }
    tensor.number(2, FLOAT).text(8, path).floats(9, problem.parameter(path));
    graph.message(5, tensor);
    return cast(path, type);
  }

  /** The name of the value in a type: itself where that is float32. */
  private String cast(String name, int to) {
    if (to == FLOAT) {
      return name;
    }
    node("Cast", List.of(name), name + "/cast", attribute("to", to));
    return name + "/cast";
  }

  private void node(String operator, List<String> inputs, String output, Protobuf... attributes) {
    Protobuf node = new Protobuf();
    inputs.forEach(input -> node.text(1, input));
    node.text(2, output).text(3, operator + "/" + output).text(4, operator);
    for (Protobuf attribute : attributes) {
      node.message(5, attribute);
    }
    graph.message(1, node);
  }

  private static Protobuf attribute(String name, long value) {
    return new Protobuf().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
  }

  /** A float32 value of shape {@code [B, Q, F]}. */
  private Protobuf value(String name) {
    Row row = problem.row();
    Protobuf shape = new Protobuf();
    for (int dim : new int[] {row.batch(), row.length(), row.features()}) {
      shape.message(1, new Protobuf().number(1, dim));
    }
    Protobuf tensor = new Protobuf().number(1, FLOAT).message(2, shape);
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
