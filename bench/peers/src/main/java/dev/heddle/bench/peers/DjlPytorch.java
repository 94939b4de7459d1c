package dev.heddle.bench.peers;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import dev.heddle.array.DType;
import dev.heddle.bench.EngineProvider;
import dev.heddle.bench.Outputs;
import dev.heddle.bench.Problem;
import dev.heddle.bench.Row;
import dev.heddle.bench.Setting;
import dev.heddle.bench.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch's library under DJL: one product for query, key and value, and
 * scaled_dot_product_attention, as a TorchScript program written by {@code make_torchscript.py}.
 */
public final class DjlPytorch implements EngineProvider {
  private static final String ENGINE = "PyTorch";

  /** For the service loader. */
  public DjlPytorch() {}

  @Override
  public String name() {
    return "djl-pytorch";
  }

  @Override
  public dev.heddle.bench.Engine open(Setting setting) throws UnavailableException {
    if (setting.dtype() == DType.BFLOAT16) {
      throw new UnavailableException("DJL's native code ends the process on bfloat16");
    }
    System.setProperty("ai.djl.offline", "true"); // its dependencies are on the class path
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(setting.threads()));
    try {
      return new Running(Engine.getEngine(ENGINE));
    } catch (EngineException | IOException | MalformedModelException e) {
      throw new UnavailableException(firstLine(e), e);
    }
  }

  private static final class Running implements dev.heddle.bench.Engine {
    private final Engine engine;
    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private @Nullable NDManager manager;
    private @Nullable NDList inputs;

    Running(Engine engine) throws IOException, MalformedModelException {
      this.engine = engine;
      this.model = Model.newInstance("attention", Device.cpu(), ENGINE);
      try (InputStream program = DjlPytorch.class.getResourceAsStream("attention.pt")) {
        model.load(Objects.requireNonNull(program, "attention.pt"));
      }
      this.predictor = model.newPredictor(new NoopTranslator());
    }

    @Override
    public String version() {
      return "DJL %s, PyTorch %s".formatted(Engine.getDjlVersion(), engine.getVersion());
    }

    @Override
    public Outputs load(Problem problem) throws UnavailableException {
      unload();
      Row row = problem.row();
      int features = row.features();
      NDManager fresh = NDManager.newBaseManager(Device.cpu(), ENGINE);
      manager = fresh;
      DataType type = type(problem.dtype());
      float[] weight = new float[3 * features * features];
      float[] bias = new float[3 * features];
      int at = 0;
      for (String name : new String[] {"query", "key", "value"}) {
        float[] kernel = transposed(problem.parameter(name + "/kernel"), features);
        System.arraycopy(kernel, 0, weight, at * features, kernel.length);
        System.arraycopy(problem.parameter(name + "/bias"), 0, bias, at, features);
        at += features;
      }
      try {
        inputs =
            new NDList(
                array(fresh, type, problem.x(), row.batch(), row.length(), features),
                array(fresh, type, weight, 3L * features, features),
                array(fresh, type, bias, 3L * features),
                array(
                    fresh,
                    type,
                    transposed(problem.parameter("out/kernel"), features),
                    features,
                    features),
                array(fresh, type, problem.parameter("out/bias"), features),
                fresh.create((long) row.heads()),
                fresh.create(row.causal()));
        try (NDList outputs = predictor.predict(inputs)) {
          return Outputs.of(outputs.get(0).toType(DataType.FLOAT32, false).toFloatArray());
        }
      } catch (TranslateException | EngineException e) {
        throw new UnavailableException(firstLine(e), e);
      }
    }

    @Override
    public long[] time(int calls) {
      NDList loaded = inputs;
      if (loaded == null) {
        throw new IllegalStateException("nothing is loaded");
      }
      return dev.heddle.bench.Engine.time(
          calls,
          () -> {
            try {
              predictor.predict(loaded).close();
            } catch (TranslateException e) {
              throw new IllegalStateException(e);
            }
          });
    }

    @Override
    public void close() {
      unload();
      predictor.close();
      model.close();
    }

    private void unload() {
      if (manager != null) {
        manager.close();
      }
      manager = null;
      inputs = null;
    }

    private static NDArray array(NDManager manager, DataType type, float[] values, long... shape) {
      return manager.create(values, new Shape(shape)).toType(type, false);
    }

    private static float[] transposed(float[] square, int n) {
      float[] result = new float[n * n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          result[j * n + i] = square[i * n + j];
        }
      }
      return result;
    }

    private static DataType type(DType dtype) {
      return switch (dtype) {
        case FLOAT16 -> DataType.FLOAT16;
        case FLOAT64 -> DataType.FLOAT64;
        default -> DataType.FLOAT32;
      };
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
