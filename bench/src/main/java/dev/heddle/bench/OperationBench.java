package dev.heddle.bench;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.cli.OperationsRequest;
import dev.heddle.grad.Grad;
import dev.heddle.grad.Vjp;
import dev.heddle.kernel.Workers;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;

/** {@code heddle bench --operations}: every public operation, in every dtype, at two sizes. */
final class OperationBench {
  /** The number of rows and columns of a small input: 4,096 elements. */
  static final int SMALL = 64;

  /** The number of rows and columns of a large input: a million elements. */
  static final int LARGE = 1024;

  /** The number of rows and columns of a large product. */
  static final int LARGE_PRODUCT = 256;

  private static final double LIMIT_SECONDS = 0.6;

  /** The duration of a warm-up, in measurements; with fewer, slow dtypes are still interpreted. */
  private static final int WARM_UP_SHARE = 4;

  /** The same for products: the code of a register tile is large and takes seconds to compile. */
  private static final int WARM_UP_SHARE_OF_PRODUCTS = 60;

  private static final int MIN_SAMPLES = 3;
  private static final double NANOS = 1e9;

  private final double seconds;

  private OperationBench(double seconds) {
    this.seconds = seconds;
  }

  static void run(OperationsRequest request, PrintStream out) throws IOException {
    double load = Machine.loadAverage();
    double limit = FmaLimit.gflops(Workers.threads(), LIMIT_SECONDS);
    Machine machine =
        Machine.here(Workers.threads(), "not pinned", load, limit, new LinkedHashMap<>());
    OperationBench bench = new OperationBench(request.seconds());
    List<OperationResult> results = new ArrayList<>();
    for (Operation operation : OperationCatalog.all()) {
      out.println(operation.name());
      bench.measure(operation, results);
    }
    OperationReport report = new OperationReport(machine, request.seconds(), results);
    try (Cleanup cleanup = new Cleanup()) {
      cleanup.whole(() -> Reports.write(request.markdown(), report.page()));
    }
  }

  /**
   * Measures an operation in all its dtypes, forward and backward. All are warmed up before the
   * first is measured, since code that dtypes share is recompiled when another dtype uses it.
   */
  void measure(Operation operation, List<OperationResult> results) {
    List<Timing> timings = new ArrayList<>();
    for (DType dtype : operation.kind().dtypes()) {
      for (int side : sides(operation)) {
        timings.add(forward(operation, dtype, side));
        if (operation.kind().isDifferentiable() && dtype.isFloating()) {
          timings.add(backward(operation, dtype, side));
        }
      }
    }
    int share = operation.isProduct() ? WARM_UP_SHARE_OF_PRODUCTS : WARM_UP_SHARE;
    timings.forEach(timing -> warmUp(timing.call(), share * seconds));
    for (Timing timing : timings) {
      double rate = timing.work() / nanos(timing.call());
      results.add(
          new OperationResult(operation, timing.dtype(), timing.side(), timing.backward(), rate));
    }
  }

  private static int[] sides(Operation operation) {
    return new int[] {SMALL, operation.isProduct() ? LARGE_PRODUCT : LARGE};
  }

  private static Timing forward(Operation operation, DType dtype, int side) {
    OperationInputs in = new OperationInputs(dtype, side);
    Array x = in.x();
    Supplier<Array> call = () -> operation.body().apply(x, in);
    return new Timing(dtype, side, false, call, work(operation, in, call.get()));
  }

  /** The pullback to the first input; its work is counted as that of the forward pass. */
  private static Timing backward(Operation operation, DType dtype, int side) {
    OperationInputs in = new OperationInputs(dtype, side);
    Array x = in.x();
    Vjp<Array, Array> vjp = Grad.vjp(given -> operation.body().apply(given, in), x);
    Array cotangent = Array.full(0.5, vjp.output().dtype(), vjp.output().shape().dims());
    double work = work(operation, in, vjp.output());
    return new Timing(dtype, side, true, () -> vjp.pullback(cotangent), work);
  }

  private static double work(Operation operation, OperationInputs in, Array output) {
    Operation.Flops flops = operation.flops();
    return flops == null ? in.bytes() + OperationInputs.bytes(output) : flops.of(in.side());
  }

  private static void warmUp(Supplier<Array> call, double seconds) {
    long end = System.nanoTime() + (long) (seconds * NANOS);
    while (System.nanoTime() < end) {
      var _ = call.get();
    }
  }

  /** The best time of a call. */
  private double nanos(Supplier<Array> call) {
    long best = Long.MAX_VALUE;
    long end = System.nanoTime() + (long) (seconds * NANOS);
    for (int i = 0; i < MIN_SAMPLES || System.nanoTime() < end; i++) {
      long start = System.nanoTime();
      var _ = call.get();
      best = Math.min(best, System.nanoTime() - start);
    }
    return Math.max(1, best);
  }

  /** A call to measure and its work, in bytes or operations. */
  private record Timing(
      DType dtype, int side, boolean backward, Supplier<Array> call, double work) {}
}
