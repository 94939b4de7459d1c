package dev.heddle.optim;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.internal.ArrayInternals;
import dev.heddle.kernel.AdamPass;
import dev.heddle.kernel.Polynomials;
import dev.heddle.kernel.SpecialFunctions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adam's rescaling of gradients; see {@link Adam}. */
final class ScaleByAdam extends FusableTransformation {
  /** Optax's defaults. */
  static final ScaleByAdam DEFAULT = new ScaleByAdam(0.9, 0.999, 1e-8, 0, null, false);

  final double b1;
  final double b2;
  final double eps;
  final double epsRoot;
  final @Nullable DType muDtype;
  final boolean nesterov;

  ScaleByAdam(
      double b1, double b2, double eps, double epsRoot, @Nullable DType muDtype, boolean nesterov) {
    this.b1 = Arguments.decay("adam", "b1", b1);
    this.b2 = Arguments.decay("adam", "b2", b2);
    this.eps = Arguments.atLeast("adam", "eps", eps, 0);
    this.epsRoot = Arguments.atLeast("adam", "eps_root", epsRoot, 0);
    this.muDtype = Arguments.floating("adam", "mu_dtype", muDtype);
    this.nesterov = nesterov;
  }

  @Override
  <T extends ArrayTree<T>> OptState initState(T params) {
    return OptState.empty()
        .with("count", number(0))
        .with("mu", zerosLike(params, muDtype))
        .with("nu", zerosLike(params, null));
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
        new AdamPass(ArrayInternals.floats(mu), ArrayInternals.floats(nu), newMu, newNu, numbers);
    pipeline.add(leaf, (updates, from, n) -> pipeline.kernels().adam(pass, updates, from, n));
    return new Moments(
        ArrayInternals.wrap(newMu, mu.shape()), ArrayInternals.wrap(newNu, nu.shape()));
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

  @Override
  Call call() {
    return new Call("scale_by_adam")
        .with("b1", b1)
        .with("b2", b2)
        .with("eps", eps)
        .with("eps_root", epsRoot)
        .with("mu_dtype", muDtype)
        .with("nesterov", nesterov);
  }
}
