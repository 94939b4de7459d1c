package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.TreeLeaves;
import dev.heddle.array.internal.ArrayInternals;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Optimizers and the transformations that they consist of, under Optax's names. A learning rate is
 * a number or a {@link Schedule}.
 *
 * <pre>{@code
 * Schedule rate = Schedules.warmupCosineDecaySchedule(0, 3e-4, 1_000, 100_000, 3e-5);
 * var tx = Optim.chain(
 *     Optim.clipByGlobalNorm(1.0),
 *     Optim.adamw(rate).b2(0.95).weightDecay(0.1).mask((path, param) -> param.rank() > 1));
 * OptState state = tx.init(params);
 * var step = Optim.applyGradients(tx, gradients, state, params); // step.params(), step.state()
 * }</pre>
 *
 * <p>All methods throw {@code IllegalArgumentException} for hyperparameters out of range.
 */
public final class Optim {
  private static final String LEARNING_RATE = "learning_rate";

  private Optim() {}

  /** {@code optax.sgd}. */
  public static Sgd sgd(double learningRate) {
    return new Sgd(Rate.of("sgd", LEARNING_RATE, learningRate), null, false, null);
  }

  /** {@code optax.sgd}. */
  public static Sgd sgd(Schedule learningRate) {
    return new Sgd(Rate.of(learningRate), null, false, null);
  }

  /** {@code optax.adam}. */
  public static Adam adam(double learningRate) {
    return new Adam(Rate.of("adam", LEARNING_RATE, learningRate), ScaleByAdam.DEFAULT, null);
  }

  /** {@code optax.adam}. */
  public static Adam adam(Schedule learningRate) {
    return new Adam(Rate.of(learningRate), ScaleByAdam.DEFAULT, null);
  }

  /** {@code optax.adamw}; the weight decay is 1e-4. */
  public static Adam adamw(double learningRate) {
    return new Adam(Rate.of("adamw", LEARNING_RATE, learningRate), ScaleByAdam.DEFAULT, null)
        .weightDecay(1e-4);
  }

  /** {@code optax.adamw}; the weight decay is 1e-4. */
  public static Adam adamw(Schedule learningRate) {
    return adam(learningRate).weightDecay(1e-4);
  }

  /** {@code optax.lion}; the weight decay is 1e-3. */
  public static Lion lion(double learningRate) {
    return new Lion(Rate.of("lion", LEARNING_RATE, learningRate), ScaleByLion.DEFAULT, null)
        .weightDecay(1e-3);
  }

  /** {@code optax.lion}; the weight decay is 1e-3. */
  public static Lion lion(Schedule learningRate) {
    return new Lion(Rate.of(learningRate), ScaleByLion.DEFAULT, null).weightDecay(1e-3);
  }

  /**
   * Transformations in sequence, {@code optax.chain}: each gets the updates of the previous one.
   */
  public static GradientTransformation chain(GradientTransformation... transformations) {
    return new Chain(transformations);
  }

  /** Unchanged updates, {@code optax.identity}. */
  public static GradientTransformation identity() {
    return new Chain();
  }

  /** Scales the updates to a maximum {@link #globalNorm}, {@code optax.clip_by_global_norm}. */
  public static GradientTransformation clipByGlobalNorm(double maxNorm) {
    return new ClipByGlobalNorm(maxNorm);
  }

  /** Updates times a number, {@code optax.scale}. */
  public static GradientTransformation scale(double stepSize) {
    return new Scale(new Rate(Arguments.finite("scale", "step_size", stepSize), null), 1);
  }

  /** Updates times minus the learning rate, {@code optax.scale_by_learning_rate}. */
  public static GradientTransformation scaleByLearningRate(double learningRate) {
    return new Scale(Rate.of("scale_by_learning_rate", LEARNING_RATE, learningRate), -1);
  }

  /** Updates times minus the learning rate of the step, {@code optax.scale_by_learning_rate}. */
  public static GradientTransformation scaleByLearningRate(Schedule learningRate) {
    return new Scale(Rate.of(learningRate), -1);
  }

  /** Updates times the schedule's value, {@code optax.scale_by_schedule}. */
  public static GradientTransformation scaleBySchedule(Schedule stepSize) {
    return new Scale(Rate.of(stepSize), 1);
  }

  /** {@code optax.scale_by_adam}. */
  public static Adam scaleByAdam() {
    return new Adam(null, ScaleByAdam.DEFAULT, null);
  }

  /** {@code optax.scale_by_lion}. */
  public static Lion scaleByLion() {
    return new Lion(null, ScaleByLion.DEFAULT, null);
  }

  /** Momentum, {@code optax.trace}. */
  public static GradientTransformation trace(double decay, boolean nesterov) {
    return trace(decay, nesterov, null);
  }

  /** Momentum with an accumulator of a given type, {@code optax.trace}. */
  public static GradientTransformation trace(
      double decay, boolean nesterov, @Nullable DType accumulatorDtype) {
    return new Trace(Arguments.momentum("trace", "decay", decay), nesterov, accumulatorDtype);
  }

  /** Updates plus a multiple of the parameters, {@code optax.add_decayed_weights}. */
  public static GradientTransformation addDecayedWeights(double weightDecay) {
    return new AddDecayedWeights(Rate.of("add_decayed_weights", "weight_decay", weightDecay), null);
  }

  /** Updates plus a multiple of the parameters that a mask includes. */
  public static GradientTransformation addDecayedWeights(double weightDecay, Mask mask) {
    return new AddDecayedWeights(Rate.of("add_decayed_weights", "weight_decay", weightDecay), mask);
  }

  /**
   * Gradient accumulation, one step for every k calls, {@code optax.MultiSteps}.
   *
   * @param everyK the number of calls per step
   */
  public static MultiSteps multiSteps(GradientTransformation inner, int everyK) {
    return multiSteps(inner, new MultiSteps.Constant(everyK));
  }

  /** As {@link #multiSteps(GradientTransformation, int)}, with k a function of the step. */
  public static MultiSteps multiSteps(GradientTransformation inner, IntUnaryOperator everyK) {
    return new MultiSteps(inner, everyK, true, DType.FLOAT32);
  }

  /**
   * The parameters plus the updates, in the parameters' types, {@code optax.apply_updates}.
   *
   * @throws IllegalArgumentException if trees or shapes do not match
   */
  public static <T extends ArrayTree<T>> T applyUpdates(T params, T updates) {
    UpdatePipeline<T> pipeline = UpdatePipeline.ofUpdates(updates, params);
    addParams(pipeline);
    return pipeline.tree();
  }

  /**
   * An exponential moving average of parameters (Polyak averaging), {@code
   * optax.incremental_update}: {@code stepSize * latest + (1 - stepSize) * average}.
   *
   * <pre>{@code
   * average = Optim.incrementalUpdate(params, average, 0.001); // after each step
   * }</pre>
   *
   * @param latest the parameters after the step
   * @param average the average so far, with the same paths
   * @param stepSize the weight of the latest parameters, in [0, 1]
   * @return the new average, each leaf in the common type of the two
   * @throws IllegalArgumentException if the step size is out of range, or paths or shapes differ
   */
  public static <T extends ArrayTree<T>> T incrementalUpdate(T latest, T average, double stepSize) {
    Arguments.momentum("incremental_update", "step_size", stepSize);
    return latest.zip(
        average,
        (x, mean) -> {
          if (!x.shape().equals(mean.shape())) {
            throw new IllegalArgumentException(
                "incremental_update: expected leaves of equal shapes, got %s and %s"
                    .formatted(x.shape(), mean.shape()));
          }
          return x.times(stepSize).plus(mean.times(1 - stepSize));
        });
  }

  /**
   * A step of a transformation fused with {@link #applyUpdates}: the same bits in one pass through
   * memory, without arrays for the updates.
   *
   * @param gradients of the types and shapes of the parameters
   * @param state that of {@code init} or of the previous step
   * @throws IllegalArgumentException if trees, shapes or types do not match
   */
  public static <T extends ArrayTree<T>> StepResult<T> applyGradients(
      GradientTransformation transformation, T gradients, OptState state, T params) {
    UpdatePipeline<T> pipeline = UpdatePipeline.ofGradients(gradients, params);
    OptState next = FusableTransformation.apply(transformation, pipeline, state);
    addParams(pipeline);
    return new StepResult<>(pipeline.tree(), next);
  }

  private static void addParams(UpdatePipeline<?> pipeline) {
    for (int i = 0; i < pipeline.size(); i++) {
      Array param = pipeline.param(i);
      if (pipeline.isFusable(i, param)) {
        float[] values = ArrayInternals.floats(param);
        pipeline.add(
            i, (updates, from, n) -> pipeline.kernels().addScaled(1, values, updates, from, n));
      } else {
        pipeline.set(i, param.plus(pipeline.array(i)).astype(param.dtype()));
      }
    }
  }

  /**
   * The square root of the sum of all squares, {@code optax.global_norm}. Order of operations: each
   * leaf's sum as {@code Reduce.sum}, then their sum in the order of the paths, sorted as in JAX.
   *
   * @return a scalar of the leaves' common type; float32 0 without leaves
   * @throws IllegalArgumentException if a leaf is not floating-point
   */
  public static Array globalNorm(ArrayTree<?> updates) {
    TreeLeaves tree = Arguments.floating("updates", updates);
    return GlobalNorm.of(tree.paths(), tree.arrays());
  }
}
