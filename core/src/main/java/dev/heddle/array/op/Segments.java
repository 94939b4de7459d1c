package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Op;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.Workers;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ParallelFor of an array's elements, chosen by where they begin, some perhaps several times; and
 * the way back, on which those add up.
 *
 * @param starts where each stretch begins in the array
 * @param length how long each is
 * @param whole the array's shape
 * @param picked the shape of all stretches one after another
 */
record Segments(int[] starts, int length, Shape whole, Shape picked) {
  /** Multiply-adds that take as long as adding one element, roughly. */
  private static final int COST = 4;

  /** Columns below which threads would write into the same cache lines too often. */
  private static final int FEWEST_COLUMNS = 32;

  /** The stretches one after another. */
  Array pickFrom(Array x) {
    if (x.storage() instanceof Storage.F32(float[] values)) {
      float[] out = new float[picked.size()];
      for (int run = 0; run < starts.length; run++) {
        System.arraycopy(values, starts[run], out, run * length, length);
      }
      return Array.wrap(new Storage.F32(out), picked);
    }
    int[] places = new int[picked.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = starts[i / length] + i % length;
    }
    return Array.wrap(x.storage().gather(places), picked);
  }

  /** Zeros to which each stretch is added where it came from, in their order. */
  Array add(Array cotangent) {
    return Op.run(new Added(this), cotangent);
  }

  /** {@link #add}; 16-bit types add in float32 and are rounded once. */
  private record Added(Segments runs) implements Op {
    @Override
    public String name() {
      return "scatter_add";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Storage from = inputs.getFirst().storage();
      if (from.dtype() == DType.FLOAT64) {
        double[] in = from.doubles();
        double[] out = new double[runs.whole.size()];
        runs.each((run, at, count) -> add(in, run, out, at, count));
        return Array.wrap(new Storage.F64(out), runs.whole);
      }
      float[] in = from.floats();
      float[] out = new float[runs.whole.size()];
      runs.each((run, at, count) -> add(in, run, out, at, count));
      return Array.wrap(Storage.ofFloats(from.dtype(), out), runs.whole);
    }

    private static void add(float[] in, int from, float[] out, int at, int n) {
      for (int i = 0; i < n; i++) {
        out[at + i] += in[from + i];
      }
    }

    private static void add(double[] in, int from, double[] out, int at, int n) {
      for (int i = 0; i < n; i++) {
        out[at + i] += in[from + i];
      }
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return Collections.singletonList(Op.run(new Picked(runs), cotangent));
    }
  }

  /** {@link #pickFrom}, noted down: what {@link Added} is undone by. */
  private record Picked(Segments runs) implements Op {
    @Override
    public String name() {
      return "gather";
    }

    @Override
    public Array forward(List<Array> inputs) {
      return runs.pickFrom(inputs.getFirst());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return Collections.singletonList(runs.add(cotangent));
    }
  }

  /** Some elements of a stretch: where they lie among all, where in the array, how many. */
  private interface Visit {
    void at(int picked, int whole, int count);
  }

  /**
   * All stretches in order. Several threads each take some columns of all of them, however often
   * one is chosen; of short stretches, those that begin in a part of the array.
   */
  private void each(Visit visit) {
    int parts = Math.min(Workers.threads(), length / FEWEST_COLUMNS);
    long cost = (long) picked.size() * COST;
    if (parts > 1) {
      Workers.run(
          parts,
          cost,
          part -> {
            int from = (int) ((long) length * part / parts);
            int count = (int) ((long) length * (part + 1) / parts) - from;
            for (int run = 0; run < starts.length; run++) {
              visit.at(run * length + from, starts[run] + from, count);
            }
          });
      return;
    }
    int share = Math.ceilDiv(Math.max(1, whole.size()), Workers.threads());
    Workers.run(
        Workers.threads(),
        cost,
        part -> {
          for (int run = 0; run < starts.length; run++) {
            if (starts[run] / share == part) {
              visit.at(run * length, starts[run], length);
            }
          }
        });
  }
}
