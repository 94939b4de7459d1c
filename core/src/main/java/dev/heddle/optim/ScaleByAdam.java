package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.op.Elementwise;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.AdamPass;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.SpecialFunctions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adam's rescaling of gradients, {@code optax.scale_by_adam}. Immutable; its methods return
 * modified copies. The state is {@code count}, {@code mu} and {@code nu}.
 */
public final class ScaleByAdam extends FusableTransformation {
  /** Optax's defaults. */
  static final ScaleByAdam DEFAULT = new ScaleByAdam(0.9, 0.999, 1e-8, 0, null, false);

  private final double b1;
  private final double b2;
  private final double eps;
  private final double epsRoot;
  private final @Nullable DType muDtype;
  private final boolean nesterov;

  private ScaleByAdam(
      double b1, double b2, double eps, double epsRoot, @Nullable DType muDtype, boolean nesterov) {
    this.b1 = Checks.decay("b1", b1);
    this.b2 = Checks.decay("b2", b2);
    this.eps = Checks.atLeast("eps", eps, 0);
    this.epsRoot = Checks.atLeast("eps_root", epsRoot, 0);
    this.muDtype = Checks.floating("mu_dtype", muDtype);
    this.nesterov = nesterov;
  }

  /** The decay rate of the first moment; 0.9 by default. */
  public ScaleByAdam b1(double value) {
    return new ScaleByAdam(value, b2, eps, epsRoot, muDtype, nesterov);
  }

  /** The decay rate of the second moment; 0.999 by default. */
  public ScaleByAdam b2(double value) {
    return new ScaleByAdam(b1, value, eps, epsRoot, muDtype, nesterov);
  }

  /** The constant added to the square root; 1e-8 by default. */
  public ScaleByAdam eps(double value) {
    return new ScaleByAdam(b1, b2, value, epsRoot, muDtype, nesterov);
  }

  /** The constant added under the square root; 0 by default. */
  public ScaleByAdam epsRoot(double value) {
    return new ScaleByAdam(b1, b2, eps, value, muDtype, nesterov);
  }

  /** The type of the first moment; null, the default, for the parameters' own. */
  public ScaleByAdam muDtype(@Nullable DType value) {
    return new ScaleByAdam(b1, b2, eps, epsRoot, value, nesterov);
  }

  /** Whether to use Nesterov momentum; false by default. */
  public ScaleByAdam nesterov(boolean value) {
    return new ScaleByAdam(b1, b2, eps, epsRoot, muDtype, value);
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return OptState.empty()
        .with("count", number(0))
        .with("mu", Zeros.like(params, muDtype))
        .with("nu", Zeros.like(params, null));
  }

  @Override
  <T extends ArrayTree<T>> OptState apply(UpdatePipeline<T> pipeline, OptState state) {
    int count = increment(count(state, "count"));
    List<Array> mus = pipeline.group(state, "mu", muDtype);
    List<Array> nus = pipeline.group(state, "nu", null);
    Corrections corrections = corrections(count, pipeline.x64());
    List<Array> newMus = new ArrayList<>();
    List<Array> newNus = new ArrayList<>();
    for (int i = 0; i < pipeline.size(); i++) {
      Moments next =
          pipeline.isFusable(i, mus.get(i), nus.get(i))
              ? fused(pipeline, i, mus.get(i), nus.get(i), corrections)
              : composed(pipeline, i, mus.get(i), nus.get(i), corrections);
      newMus.add(next.mu);
      newNus.add(next.nu);
    }
    return OptState.empty()
        .with("count", number(count))
        .with("mu", OptState.of(pipeline.paths(), newMus))
        .with("nu", OptState.of(pipeline.paths(), newNus));
  }

  private record Moments(Array mu, Array nu) {}

  /**
   * The bias corrections, by which the moments are divided since they are initialized with zeros.
   */
  private record Corrections(double mu, double gradient, double nu) {}

  private Corrections corrections(int count, boolean x64) {
    return new Corrections(
        correction(b1, nesterov ? increment(count) : count, x64),
        correction(b1, count, x64),
        correction(b2, count, x64));
  }

  /** {@code 1 - decay ** count}, in float32 unless x64 is enabled. */
  private static double correction(double decay, int count, boolean x64) {
    return x64
        ? 1 - SpecialFunctions.pow(decay, count)
        : 1 - Polynomials.pow((float) decay, (float) count);
  }

  private Moments fused(
      UpdatePipeline<?> pipeline, int leaf, Array mu, Array nu, Corrections corrections) {
    float[] newMu = new float[mu.size()];
    float[] newNu = new float[nu.size()];
    AdamPass.Numbers numbers =
        new AdamPass.Numbers(
            (float) b1,
            (float) (1 - b1),
            (float) b2,
            (float) (1 - b2),
            (float) corrections.mu,
            (float) corrections.gradient,
            (float) corrections.nu,
            (float) epsRoot,
            (float) eps,
            nesterov);
    AdamPass pass =
        new AdamPass(mu.storage().floats(), nu.storage().floats(), newMu, newNu, numbers);
    pipeline.add(leaf, (updates, from, n) -> pipeline.kernels().adam(pass, updates, from, n));
    return new Moments(
        Array.wrap(new Storage.F32(newMu), mu.shape()),
        Array.wrap(new Storage.F32(newNu), nu.shape()));
  }

  private Moments composed(
      UpdatePipeline<?> pipeline, int leaf, Array mu, Array nu, Corrections corrections) {
    Array gradient = pipeline.array(leaf);
    Array newMu = gradient.times(1 - b1).plus(mu.times(b1));
    Array newNu = Elementwise.square(gradient).times(1 - b2).plus(nu.times(b2));
    Array momentum = newMu.dividedBy(corrections.mu);
    if (nesterov) {
      momentum = momentum.times(b1).plus(gradient.dividedBy(corrections.gradient).times(1 - b1));
    }
    Array root = Elementwise.sqrt(newNu.dividedBy(corrections.nu).plus(epsRoot));
    pipeline.set(leaf, momentum.dividedBy(root.plus(eps)));
    return new Moments(muDtype == null ? newMu : newMu.astype(muDtype), newNu.astype(nu.dtype()));
  }

  /** The settings, under Optax's names. */
  @Override
  public String toString() {
    return "scale_by_adam(" + settings() + ")";
  }

  /** The settings alone. */
  String settings() {
    return "b1=%s, b2=%s, eps=%s, eps_root=%s%s, nesterov=%s"
        .formatted(b1, b2, eps, epsRoot, muDtype == null ? "" : ", mu_dtype=" + muDtype, nesterov);
  }
}
