package dev.heddle.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.heddle.bench.Engine;
import dev.heddle.bench.EngineProvider;
import dev.heddle.bench.Outputs;
import dev.heddle.bench.Problem;
import dev.heddle.bench.Row;
import dev.heddle.bench.Setting;
import dev.heddle.bench.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime, called from Java: the input lies outside the heap, as its documentation advises.
 */
public final class OrtJava implements EngineProvider {
  /** For the service loader. */
  public OrtJava() {}

  @Override
  public String name() {
    return "ort-java";
  }

  @Override
  public Engine open(Setting setting) {
    return new Running(OrtEnvironment.getEnvironment(), setting.threads());
  }

  private static final class Running implements Engine {
    private final OrtEnvironment environment;
    private final int threads;
    private @Nullable OrtSession session;
    private @Nullable OnnxTensor input;

    Running(OrtEnvironment environment, int threads) {
      this.environment = environment;
      this.threads = threads;
    }

    @Override
    public String version() {
      return "ONNX Runtime " + environment.getVersion();
    }

    @Override
    public Outputs load(Problem problem) throws UnavailableException, IOException {
      close();
      Row row = problem.row();
      long[] shape = {row.batch(), row.length(), row.features()};
      float[] x = problem.x();
      FloatBuffer buffer =
          ByteBuffer.allocateDirect(x.length * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      buffer.put(x).flip();
      try (SessionOptions options = new SessionOptions()) {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        session = environment.createSession(problem.onnx().toString(), options);
        input = OnnxTensor.createTensor(environment, buffer, shape);
        try (OrtSession.Result result = session.run(Map.of("x", input))) {
          FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
          float[] values = new float[output.remaining()];
          output.get(values);
          return Outputs.of(values);
        }
      } catch (OrtException e) {
        throw new UnavailableException(firstLine(e), e);
      }
    }

    @Override
    public long[] time(int calls) {
      OrtSession running = session;
      OnnxTensor x = input;
      if (running == null || x == null) {
        throw new IllegalStateException("nothing is loaded");
      }
      Map<String, OnnxTensor> inputs = Map.of("x", x);
      return Engine.time(
          calls,
          () -> {
            try {
              running.run(inputs).close();
            } catch (OrtException e) {
              throw new IllegalStateException(e);
            }
          });
    }

    @Override
    public void close() {
      try {
        if (input != null) {
          input.close();
        }
        if (session != null) {
          session.close();
        }
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
      input = null;
      session = null;
    }

    private static String firstLine(OrtException e) {
      return String.valueOf(e.getMessage()).lines().findFirst().orElse("an OrtException");
    }
  }
}
