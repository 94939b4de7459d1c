package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Optimizers and the transformations they are made of, under Optax's names. A learning rate is a
 * number or a {@link Schedule}.
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
 * <p>All of them throw {@code IllegalArgumentException} for hyperparameters that make no sense.
 */
public final class Optim {
  private static final String LEARNING_RATE = "learning_rate";

  private Optim() {}

  /** {@code optax.sgd}. */
  public static Sgd sgd(double learningRate) {
    return new Sgd(Rate.of(LEARNING_RATE, learningRate), null, false, null);
  }

  /** {@code optax.sgd}. */
  public static Sgd sgd(Schedule learningRate) {
    return new Sgd(Rate.of(learningRate), null, false, null);
  }

  /** {@code optax.adam}. */
  public static Adam adam(double learningRate) {
    return new Adam(Rate.of(LEARNING_RATE, learningRate), ScaleByAdam.DEFAULT);
  }

  /** {@code optax.adam}. */
  public static Adam adam(Schedule learningRate) {
    return new Adam(Rate.of(learningRate), ScaleByAdam.DEFAULT);
  }

  /** {@code optax.adamw}; the weight decay is 1e-4. */
  public static AdamW adamw(double learningRate) {
    return adamw(Rate.of(LEARNING_RATE, learningRate));
  }

  /** {@code optax.adamw}; the weight decay is 1e-4. */
  public static AdamW adamw(Schedule learningRate) {
    return adamw(Rate.of(learningRate));
  }

  private static AdamW adamw(Rate learningRate) {
    return new AdamW(learningRate, ScaleByAdam.DEFAULT, Rate.of("weight_decay", 1e-4), null);
  }

  /** {@code optax.lion}; the weight decay is 1e-3. */
  public static Lion lion(double learningRate) {
    return lion(Rate.of(LEARNING_RATE, learningRate));
  }

  /** {@code optax.lion}; the weight decay is 1e-3. */
  public static Lion lion(Schedule learningRate) {
    return lion(Rate.of(learningRate));
  }

  private static Lion lion(Rate learningRate) {
    return new Lion(learningRate, ScaleByLion.DEFAULT, Rate.of("weight_decay", 1e-3), null);
  }

  /** One after another, {@code optax.chain}: each gets the updates of the one before. */
  public static GradientTransformation chain(GradientTransformation... transformations) {
    return new Chain(transformations);
  }

  /** Updates as they come, {@code optax.identity}. */
  public static GradientTransformation identity() {
    return new Chain();
  }

  /**
   * Shortens the updates, all together, to a length, {@code optax.clip_by_global_norm}; see {@link
   * #globalNorm}.
   */
  public static GradientTransformation clipByGlobalNorm(double maxNorm) {
    return new ClipByGlobalNorm(maxNorm);
  }

  /** Updates times a number, {@code optax.scale}. */
  public static GradientTransformation scale(double stepSize) {
    return new Scale(new Rate(Checks.finite("step_size", stepSize), null), 1);
  }

  /** Updates times minus the learning rate, {@code optax.scale_by_learning_rate}. */
  public static GradientTransformation scaleByLearningRate(double learningRate) {
    return new Scale(Rate.of(LEARNING_RATE, learningRate), -1);
  }

  /** Updates times minus the learning rate of the step, {@code optax.scale_by_learning_rate}. */
  public static GradientTransformation scaleByLearningRate(Schedule learningRate) {
    return new Scale(Rate.of(learningRate), -1);
  }

  /** Updates times the step's number, {@code optax.scale_by_schedule}. */
  public static GradientTransformation scaleBySchedule(Schedule stepSize) {
    return new Scale(Rate.of(stepSize), 1);
  }

  /** {@code optax.scale_by_adam}. */
  public static ScaleByAdam scaleByAdam() {
    return ScaleByAdam.DEFAULT;
  }

  /** {@code optax.scale_by_lion}. */
  public static ScaleByLion scaleByLion() {
    return ScaleByLion.DEFAULT;
  }

  /** Momentum, {@code optax.trace}. */
  public static GradientTransformation trace(double decay, boolean nesterov) {
    return trace(decay, nesterov, null);
  }

  /** Momentum with a state of another type, {@code optax.trace}. */
  public static GradientTransformation trace(
      double decay, boolean nesterov, @Nullable DType accumulatorDtype) {
    return new Trace(Checks.momentum("decay", decay), nesterov, accumulatorDtype);
  }

  /** Updates plus a part of the parameters, {@code optax.add_decayed_weights}. */
  public static GradientTransformation addDecayedWeights(double weightDecay) {
    return new AddDecayedWeights(Rate.of("weight_decay", weightDecay), null);
  }

  /** Updates plus a part of those parameters that a mask includes. */
  public static GradientTransformation addDecayedWeights(double weightDecay, Mask mask) {
    return new AddDecayedWeights(Rate.of("weight_decay", weightDecay), mask);
  }

  /**
   * A step for every k calls, with the mean of their gradients, {@code optax.MultiSteps}.
   *
   * @param everyK how many calls make a step
   */
  public static MultiSteps multiSteps(GradientTransformation inner, int everyK) {
    int checked = Checks.atLeast("every_k", everyK, 1);
    return multiSteps(inner, step -> checked);
  }

  /** As {@link #multiSteps(GradientTransformation, int)}, with a k for the number of the step. */
  public static MultiSteps multiSteps(GradientTransformation inner, IntUnaryOperator everyK) {
    return new MultiSteps(inner, everyK, true, DType.FLOAT32);
  }

  /**
   * The parameters plus the updates, in the parameters' types, {@code optax.apply_updates}.
   *
   * @throws IllegalArgumentException if the trees or their shapes do not belong together
   */
  public static <T extends ArrayTree<T>> T applyUpdates(T params, T updates) {
    UpdatePipeline<T> work = UpdatePipeline.ofUpdates(updates, params);
    addParams(work);
    return work.tree();
  }

  /**
   * A step of a transformation and {@link #applyUpdates} together: the same bits in one pass
   * through memory, without arrays for the updates.
   *
   * @param gradients of the types and shapes of the parameters
   * @param state that of {@code init} or of the step before
   * @throws IllegalArgumentException if the trees, shapes or types do not belong together
   */
  public static <T extends ArrayTree<T>> StepResult<T> applyGradients(
      GradientTransformation transformation, T gradients, OptState state, T params) {
    UpdatePipeline<T> work = UpdatePipeline.ofGradients(gradients, params);
    OptState next = FusableTransformation.pass(transformation, work, state);
    addParams(work);
    return new StepResult<>(work.tree(), next);
  }

  private static void addParams(UpdatePipeline<?> work) {
    for (int i = 0; i < work.size(); i++) {
      Array param = work.param(i);
      if (work.isPlain(i, param)) {
        float[] values = param.storage().floats();
        work.add(i, (updates, from, n) -> work.kernels().addScaled(1, values, updates, from, n));
      } else {
        work.set(i, param.plus(work.array(i)).astype(param.dtype()));
      }
    }
  }

  /**
   * The root of the sum of all squares, {@code optax.global_norm}. The order: each leaf's sum as
   * {@code Reduce.sum}, then these by the names of the paths, as JAX sorts them.
   *
   * @return a number of the leaves' common type; float32 0 without leaves
   * @throws IllegalArgumentException if a leaf is not floating-point
   */
  public static Array globalNorm(ArrayTree<?> updates) {
    Tree tree = Tree.of("updates", updates).requireFloating();
    return GlobalNorm.of(tree.paths(), tree.arrays());
  }
}
