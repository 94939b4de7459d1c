package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.io.Checkpoint;
import dev.heddle.io.CheckpointException;
import dev.heddle.io.CheckpointFile;
import dev.heddle.io.Msgpack;
import dev.heddle.linen.Variables;
import dev.heddle.optim.OptState;
import dev.heddle.random.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint of a training: {@code step}, {@code params} and {@code opt_state} as in Flax's
 * {@code TrainState}, the random key as {@code rng}, the plan as {@code config}, the text's digest
 * as {@code text} and the losses as {@code history}; docs/formats.md lists all tensors.
 *
 * @param plan the training plan
 * @param state the current state
 * @param curve the losses so far
 * @param text the digest of the text; null in older checkpoints
 */
public record TrainingCheckpoint(
    TrainingPlan plan, TrainingState state, LossCurve curve, @Nullable TextDigest text) {
  private static final String STEP = "step";
  private static final String RNG = "rng";
  private static final String PARAMS = "params/";
  private static final String OPT_STATE = "opt_state/";
  private static final String CONFIG = "config/";
  private static final String TEXT_SIZE = "text/size";
  private static final String TEXT_SHA256 = "text/sha256";
  private static final String LOSS = "history/loss";
  private static final String GRADIENT_NORM = "history/gradient_norm";
  private static final String EVALUATION_STEP = "history/evaluation_step";
  private static final String EVALUATION_LOSS = "history/evaluation_loss";

  /**
   * Writes the file atomically, replacing an existing one.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    List<String> empty = new ArrayList<>();
    addEmpty(state.optState(), OPT_STATE, empty);
    CheckpointFile format = CheckpointFile.of(file);
    (format instanceof Msgpack msgpack ? msgpack.withEmptyMaps(empty) : format)
        .save(file, Checkpoint.of(tensors()));
  }

  /** The paths of optimizer states without arrays, which Flax expects. */
  private static void addEmpty(OptState state, String prefix, List<String> found) {
    for (String name : state.names()) {
      if (state.find(name).isEmpty()) { // not an array
        OptState child = state.child(name);
        if (child.names().isEmpty()) {
          found.add(prefix + name);
        }
        addEmpty(child, prefix + name + "/", found);
      }
    }
  }

  private SequencedMap<String, Array> tensors() {
    SequencedMap<String, Array> tensors = new LinkedHashMap<>();
    tensors.put(STEP, Array.scalar(state.step(), DType.INT32));
    tensors.putAll(state.params().flatten());
    state.optState().flatten().forEach((path, array) -> tensors.put(nameOf(path), array));
    tensors.put(RNG, Key.of(plan.seed()).data());
    PlanTensors.of(plan).forEach((name, array) -> tensors.put(CONFIG + name, array));
    if (text != null) {
      tensors.put(TEXT_SIZE, Array.of(new long[] {text.size()}, 1).reshape());
      tensors.put(TEXT_SHA256, Array.of(HexFormat.of().parseHex(text.sha256()), 32));
    }
    tensors.put(LOSS, Array.of(curve.losses(), curve.steps()));
    tensors.put(GRADIENT_NORM, Array.of(curve.gradientNorms(), curve.steps()));
    int evaluations = curve.evaluations().size();
    int[] steps = new int[evaluations];
    float[] losses = new float[evaluations];
    for (int i = 0; i < evaluations; i++) {
      steps[i] = curve.evaluations().get(i).step();
      losses[i] = curve.evaluations().get(i).loss();
    }
    tensors.put(EVALUATION_STEP, Array.of(steps, evaluations));
    tensors.put(EVALUATION_LOSS, Array.of(losses, evaluations));
    return tensors;
  }

  /** Removes the collection from the paths of moments, as in Flax. */
  private static String nameOf(String path) {
    return OPT_STATE + path.replaceFirst("/" + PARAMS, "/");
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws CheckpointException if it is truncated, written by another program, or inconsistent;
   *     the message names the file and the tensor
   * @throws IOException if it cannot be read
   */
  public static TrainingCheckpoint read(Path file) throws IOException {
    SequencedMap<String, Array> tensors = CheckpointFile.read(file).tensors();
    try {
      return of(tensors);
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(file + ": " + e.getMessage(), e);
    }
  }

  private static TrainingCheckpoint of(Map<String, Array> tensors) {
    TrainingPlan plan = PlanTensors.read(below(CONFIG, tensors));
    Array step = find(tensors, STEP);
    require(STEP, Array.scalar(0, DType.INT32), step);
    Key key = Key.of(plan.seed());
    if (!find(tensors, RNG).equals(key.data())) {
      throw wrong(RNG, "that of the seed " + plan.seed(), find(tensors, RNG).toString());
    }
    CausalLanguageModel model = CausalLanguageModel.of(plan.model());
    Variables initial = Training.init(model, plan.seed()); // to be replaced
    List<Array> found = new ArrayList<>();
    initial
        .flatten()
        .forEach((path, wanted) -> {
          require(path, wanted, find(tensors, path));
          found.add(find(tensors, path));
        });
    Variables params = initial.withLeaves(found);
    OptState optState = restore(plan.optimizer().init(params), tensors);
    LossCurve curve = curve(tensors, (int) step.item());
    return new TrainingCheckpoint(
        plan, new TrainingState((int) step.item(), params, optState), curve, text(tensors));
  }

  private static @Nullable TextDigest text(Map<String, Array> tensors) {
    if (!tensors.containsKey(TEXT_SHA256)) {
      return null;
    }
    Array hash = find(tensors, TEXT_SHA256);
    require(TEXT_SHA256, Array.zeros(DType.UINT8, 32), hash);
    Array size = find(tensors, TEXT_SIZE);
    require(TEXT_SIZE, Array.scalar(0, DType.INT64), size);
    byte[] bytes = new byte[32];
    long[] numbers = hash.toLongArray();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) numbers[i];
    }
    return new TextDigest(size.toLongArray()[0], HexFormat.of().formatHex(bytes));
  }

  private static OptState restore(OptState template, Map<String, Array> tensors) {
    SequencedMap<String, Array> found = new LinkedHashMap<>();
    template
        .flatten()
        .forEach((path, wanted) -> {
          String name = nameOf(path);
          require(name, wanted, find(tensors, name));
          found.put(path, find(tensors, name));
        });
    return OptState.restore(template, found);
  }

  private static LossCurve curve(Map<String, Array> tensors, int steps) {
    float[] losses = floats(tensors, LOSS, steps);
    float[] gradientNorms = floats(tensors, GRADIENT_NORM, steps);
    LossCurve curve = new LossCurve();
    for (int i = 0; i < steps; i++) {
      curve.add(losses[i], gradientNorms[i]);
    }
    long[] places = find(tensors, EVALUATION_STEP).toLongArray();
    float[] values = floats(tensors, EVALUATION_LOSS, places.length);
    for (int i = 0; i < places.length; i++) {
      curve.add(new LossCurve.Evaluation((int) places[i], values[i]));
    }
    return curve;
  }

  private static float[] floats(Map<String, Array> tensors, String name, int length) {
    Array array = find(tensors, name);
    if (array.dtype() != DType.FLOAT32 || !array.shape().equals(Shape.of(length))) {
      throw wrong(name, "float32[" + length + "]", array.dtype() + array.shape().toString());
    }
    return array.toFloatArray();
  }

  private static Map<String, Array> below(String prefix, Map<String, Array> tensors) {
    Map<String, Array> found = new LinkedHashMap<>();
    tensors.forEach((name, array) -> {
      if (name.startsWith(prefix)) {
        found.put(name.substring(prefix.length()), array);
      }
    });
    return found;
  }

  private static Array find(Map<String, Array> tensors, String name) {
    Array array = tensors.get(name);
    if (array == null) {
      throw new IllegalArgumentException("tensor \"" + name + "\": is missing");
    }
    return array;
  }

  private static void require(String name, Array expected, Array got) {
    if (expected.dtype() != got.dtype() || !expected.shape().equals(got.shape())) {
      throw wrong(
          name,
          expected.dtype() + expected.shape().toString(),
          got.dtype() + got.shape().toString());
    }
  }

  private static IllegalArgumentException wrong(String name, String expected, String got) {
    return new IllegalArgumentException(
        "tensor \"%s\": expected %s, got %s".formatted(name, expected, got));
  }
}
