package dev.heddle.bench.peers;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.heddle.array.DType;
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
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime, called from Java: the input is in a direct buffer, as its documentation recommends.
 */
public final class OrtJava implements EngineProvider {
  /** The number of rounds in which the models are timed in turn before one is selected. */
  private static final int ROUNDS = 5;

  private static final long TURN_NANOS = 50_000_000;

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
    private String form = "";

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
      if (problem.dtype() == DType.BFLOAT16) {
        throw new UnavailableException("ONNX Runtime has no product of bfloat16 on a CPU");
      }
      Map<String, OrtSession> sessions = new LinkedHashMap<>();
      try {
        OnnxTensor x = tensor(problem);
        input = x;
        for (Map.Entry<String, Path> model : problem.onnx().entrySet()) {
          sessions.put(model.getKey(), session(model.getValue()));
        }
        form = fastest(sessions, x);
        session = sessions.remove(form);
        return outputs(Objects.requireNonNull(session), x);
      } catch (OrtException e) {
        throw new UnavailableException(firstLine(e), e);
      } finally {
        close(sessions.values());
      }
    }

    private OrtSession session(Path model) throws OrtException {
      try (SessionOptions options = new SessionOptions()) {
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        return environment.createSession(model.toString(), options);
      }
    }

    /** The inputs in the row's dtype. */
    private OnnxTensor tensor(Problem problem) throws OrtException {
      Row row = problem.row();
      long[] shape = {row.batch(), row.length(), row.features()};
      float[] x = problem.x();
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(x.length * problem.dtype().itemSize())
              .order(ByteOrder.nativeOrder());
      switch (problem.dtype()) {
        case FLOAT16 -> {
          for (float value : x) {
            bytes.putShort(Float.floatToFloat16(value));
          }
          return OnnxTensor.createTensor(
              environment, bytes.flip().asShortBuffer(), shape, OnnxJavaType.FLOAT16);
        }
        case FLOAT64 -> {
          for (float value : x) {
            bytes.putDouble(value);
          }
          return OnnxTensor.createTensor(environment, bytes.flip().asDoubleBuffer(), shape);
        }
        default -> {
          bytes.asFloatBuffer().put(x);
          return OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), shape);
        }
      }
    }

    /** The name of the fastest session; the sessions are timed in turn. */
    private static String fastest(Map<String, OrtSession> sessions, OnnxTensor x)
        throws OrtException {
      Map<String, OnnxTensor> inputs = Map.of("x", x);
      Map<String, Long> best = new LinkedHashMap<>();
      for (Map.Entry<String, OrtSession> entry : sessions.entrySet()) {
        entry.getValue().run(inputs).close();
        best.put(entry.getKey(), Long.MAX_VALUE);
      }
      for (int round = 0; round < ROUNDS && sessions.size() > 1; round++) {
        for (Map.Entry<String, OrtSession> entry : sessions.entrySet()) {
          long end = System.nanoTime() + TURN_NANOS;
          long now;
          do {
            long start = System.nanoTime();
            entry.getValue().run(inputs).close();
            now = System.nanoTime();
            best.merge(entry.getKey(), now - start, Math::min);
          } while (now < end);
        }
      }
      return Collections.min(best.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    private static Outputs outputs(OrtSession session, OnnxTensor x) throws OrtException {
      try (OrtSession.Result result = session.run(Map.of("x", x))) {
        OnnxTensor output = (OnnxTensor) result.get(0);
        FloatBuffer buffer = output.getFloatBuffer(); // converts float16; null for float64
        if (buffer == null) {
          double[] values = new double[output.getDoubleBuffer().remaining()];
          output.getDoubleBuffer().get(values);
          float[] narrow = new float[values.length];
          for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
          }
          return Outputs.of(narrow);
        }
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return Outputs.of(values);
      }
    }

    @Override
    public String form() {
      return form;
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
      if (input != null) {
        input.close();
      }
      if (session != null) {
        close(List.of(session));
      }
      input = null;
      session = null;
      form = "";
    }

    private static void close(Collection<OrtSession> sessions) {
      for (OrtSession session : sessions) {
        try {
          session.close();
        } catch (OrtException e) {
          throw new IllegalStateException(e);
        }
      }
    }

    private static String firstLine(OrtException e) {
      return String.valueOf(e.getMessage()).lines().findFirst().orElse("an OrtException");
    }
  }
}
