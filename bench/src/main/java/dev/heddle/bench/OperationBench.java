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

/** {@code heddle bench --operations}: every public operation, in every type, at two sizes. */
final class OperationBench {
  /** Rows and columns of a small input: 4,096 elements. */
  static final int SMALL = 64;

  /** Rows and columns of a large input: a million elements. */
  static final int LARGE = 1024;

  /** Rows and columns of a large product. */
  static final int LARGE_PRODUCT = 256;

  private static final double LIMIT_SECONDS = 0.6;

  /** Calls before the first that counts: the kernels' own warm-up takes 64. */
  private static final int WARM_UP_CALLS = 100;

  /** Warm-up takes as long as so many measurements at most. */
  private static final int WARM_UP_SHARE = 4;

  private static final int FEWEST_SAMPLES = 3;
  private static final double NANOS = 1e9;

  private final double seconds;

  private OperationBench(double seconds) {
    this.seconds = seconds;
  }

  static void run(OperationsRequest request, PrintStream out) throws IOException {
    double load = Machine.loadAverage();
    double limit = FmaLimit.gflops(Workers.threads(), LIMIT_SECONDS);
    Machine machine =
        Machine.here(Workers.threads(), "wherever they run", load, limit, new LinkedHashMap<>());
    OperationBench bench = new OperationBench(request.seconds());
    List<OperationResult> results = new ArrayList<>();
    for (Operation operation : OperationCatalog.all()) {
      out.println(operation.name());
      bench.measure(operation, results);
    }
    OperationReport report = new OperationReport(machine, request.seconds(), results);
    try (Leavings leavings = new Leavings()) {
      leavings.whole(() -> Reports.write(request.markdown(), report.page()));
    }
  }

  /** Measures an operation in all its types, forward and backward. */
  void measure(Operation operation, List<OperationResult> results) {
    for (DType dtype : operation.kind().dtypes()) {
      for (int side : sides(operation)) {
        results.add(forward(operation, dtype, side));
        if (operation.kind().isDifferentiable() && dtype.isFloating()) {
          results.add(backward(operation, dtype, side));
        }
      }
    }
  }

  private static int[] sides(Operation operation) {
    return new int[] {SMALL, operation.isProduct() ? LARGE_PRODUCT : LARGE};
  }

  private OperationResult forward(Operation operation, DType dtype, int side) {
    OperationInputs in = new OperationInputs(dtype, side);
    Array x = in.x();
    Supplier<Array> call = () -> operation.body().apply(x, in);
    double work = work(operation, in, call.get());
    return new OperationResult(operation, dtype, side, false, work / nanos(call));
  }

  /** The pullback alone, to the first input; its work counts as that of the forward pass. */
  private OperationResult backward(Operation operation, DType dtype, int side) {
    OperationInputs in = new OperationInputs(dtype, side);
    Array x = in.x();
    Vjp<Array, Array> vjp = Grad.vjp(given -> operation.body().apply(given, in), x);
    Array cotangent = Array.full(0.5, vjp.output().dtype(), vjp.output().shape().dims());
    double work = work(operation, in, vjp.output());
    return new OperationResult(
        operation, dtype, side, true, work / nanos(() -> vjp.pullback(cotangent)));
  }

  private static double work(Operation operation, OperationInputs in, Array output) {
    Operation.Flops flops = operation.flops();
    return flops == null ? in.bytes() + OperationInputs.bytes(output) : flops.of(in.side());
  }

  /** The best time of a call. */
  private double nanos(Supplier<Array> call) {
    long warm = System.nanoTime() + (long) (WARM_UP_SHARE * seconds * NANOS);
    for (int i = 0; i < WARM_UP_CALLS && System.nanoTime() < warm; i++) {
      var _ = call.get();
    }
    long best = Long.MAX_VALUE;
    long end = System.nanoTime() + (long) (seconds * NANOS);
    for (int i = 0; i < FEWEST_SAMPLES || System.nanoTime() < end; i++) {
      long start = System.nanoTime();
      var _ = call.get();
      best = Math.min(best, System.nanoTime() - start);
    }
    return Math.max(1, best);
  }
}
