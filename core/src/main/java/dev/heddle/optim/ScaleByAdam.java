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
 * Gradients over the root of their mean square, {@code optax.scale_by_adam}; immutable, each
 * setting gives a new one. The state is {@code count}, {@code mu} and {@code nu}.
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

  /** How much of the mean of gradients is kept in a step; 0.9 by default. */
  public ScaleByAdam b1(double value) {
    return new ScaleByAdam(value, b2, eps, epsRoot, muDtype, nesterov);
  }

  /** How much of the mean of squares is kept in a step; 0.999 by default. */
  public ScaleByAdam b2(double value) {
    return new ScaleByAdam(b1, value, eps, epsRoot, muDtype, nesterov);
  }

  /** Added to the root; 1e-8 by default. */
  public ScaleByAdam eps(double value) {
    return new ScaleByAdam(b1, b2, value, epsRoot, muDtype, nesterov);
  }

  /** Added under the root; 0 by default. */
  public ScaleByAdam epsRoot(double value) {
    return new ScaleByAdam(b1, b2, eps, value, muDtype, nesterov);
  }

  /** The type of the mean of gradients; null, the default, for the parameters' own. */
  public ScaleByAdam muDtype(@Nullable DType value) {
    return new ScaleByAdam(b1, b2, eps, epsRoot, value, nesterov);
  }

  /** Whether the momentum is Nesterov's; it is not by default. */
  public ScaleByAdam nesterov(boolean value) {
    return new ScaleByAdam(b1, b2, eps, epsRoot, muDtype, value);
  }

  @Override
  <T extends ArrayTree<T>> OptState begin(T params) {
    return OptState.empty()
        .with("count", number(0))
        .with("mu", Zeros.like(params, muDtype))
        .with("nu", Zeros.like(params, null));
  }

  @Override
  <T extends ArrayTree<T>> OptState pass(UpdatePipeline<T> work, OptState state) {
    int count = increment(count(state, "count"));
    List<Array> mus = work.group(state, "mu", muDtype);
    List<Array> nus = work.group(state, "nu", null);
    Corrections by = corrections(count, work.x64());
    List<Array> newMus = new ArrayList<>();
    List<Array> newNus = new ArrayList<>();
    for (int i = 0; i < work.size(); i++) {
      Moments next =
          work.isPlain(i, mus.get(i), nus.get(i))
              ? joined(work, i, mus.get(i), nus.get(i), by)
              : composed(work, i, mus.get(i), nus.get(i), by);
      newMus.add(next.mu);
      newNus.add(next.nu);
    }
    return OptState.empty()
        .with("count", number(count))
        .with("mu", OptState.of(work.paths(), newMus))
        .with("nu", OptState.of(work.paths(), newNus));
  }

  private record Moments(Array mu, Array nu) {}

  /** What is divided by, because moments that begin with zeros are too small at first. */
  private record Corrections(double mu, double gradient, double nu) {}

  private Corrections corrections(int count, boolean x64) {
    return new Corrections(
        correction(b1, nesterov ? increment(count) : count, x64),
        correction(b1, count, x64),
        correction(b2, count, x64));
  }

  /** {@code 1 - decay ** count}, in float32 unless 64-bit types are on. */
  private static double correction(double decay, int count, boolean x64) {
    return x64
        ? 1 - SpecialFunctions.pow(decay, count)
        : 1 - Polynomials.pow((float) decay, (float) count);
  }

  private Moments joined(UpdatePipeline<?> work, int leaf, Array mu, Array nu, Corrections by) {
    float[] newMu = new float[mu.size()];
    float[] newNu = new float[nu.size()];
    AdamPass.Numbers numbers =
        new AdamPass.Numbers(
            (float) b1,
            (float) (1 - b1),
            (float) b2,
            (float) (1 - b2),
            (float) by.mu,
            (float) by.gradient,
            (float) by.nu,
            (float) epsRoot,
            (float) eps,
            nesterov);
    AdamPass pass =
        new AdamPass(mu.storage().floats(), nu.storage().floats(), newMu, newNu, numbers);
    work.add(leaf, (updates, from, n) -> work.kernels().adam(pass, updates, from, n));
    return new Moments(
        Array.wrap(new Storage.F32(newMu), mu.shape()),
        Array.wrap(new Storage.F32(newNu), nu.shape()));
  }

  private Moments composed(UpdatePipeline<?> work, int leaf, Array mu, Array nu, Corrections by) {
    Array gradient = work.array(leaf);
    Array newMu = gradient.times(1 - b1).plus(mu.times(b1));
    Array newNu = Elementwise.square(gradient).times(1 - b2).plus(nu.times(b2));
    Array momentum = newMu.dividedBy(by.mu);
    if (nesterov) {
      momentum = momentum.times(b1).plus(gradient.dividedBy(by.gradient).times(1 - b1));
    }
    Array root = Elementwise.sqrt(newNu.dividedBy(by.nu).plus(epsRoot));
    work.set(leaf, momentum.dividedBy(root.plus(eps)));
    return new Moments(muDtype == null ? newMu : newMu.astype(muDtype), newNu.astype(nu.dtype()));
  }

  /** The settings as Optax names them. */
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
