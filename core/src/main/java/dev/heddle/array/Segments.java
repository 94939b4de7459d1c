package dev.heddle.array;

import dev.heddle.kernel.Workers;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers segments of an array's elements, of equal length, and scatters cotangents back, which are
 * added up where a segment is gathered several times.
 *
 * @param starts the offset of each segment in the array
 * @param length the length of a segment
 * @param source the array's shape
 * @param gathered the shape of the concatenated segments
 */
record Segments(int[] starts, int length, Shape source, Shape gathered) {
  /** The cost of one element in multiply-adds, roughly. */
  private static final int COST = 4;

  /** The minimum number of columns of a task, to limit false sharing of cache lines. */
  private static final int MIN_COLUMNS = 32;

  /** The concatenated segments. */
  Array gatherFrom(Array x) {
    if (x.storage() instanceof Storage.F32(float[] values)) {
      float[] out = new float[gathered.size()];
      for (int segment = 0; segment < starts.length; segment++) {
        System.arraycopy(values, starts[segment], out, segment * length, length);
      }
      return Array.wrap(new Storage.F32(out), gathered);
    }
    int[] indices = new int[gathered.size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = starts[i / length] + i % length;
    }
    return Array.wrap(x.storage().gather(indices), gathered);
  }

  /** Zeros to which each segment is added at its offset, in order. */
  Array scatterAdd(Array cotangent) {
    return Op.run(new ScatterAdd(this), cotangent);
  }

  /** {@link #scatterAdd}; 16-bit types are added in float32 and rounded once. */
  private record ScatterAdd(Segments segments) implements Op {
    @Override
    public String name() {
      return "scatter_add";
    }

    @Override
    public Array forward(List<Array> inputs) {
      Storage from = inputs.getFirst().storage();
      if (from.dtype() == DType.FLOAT64) {
        double[] in = from.doubles();
        double[] out = new double[segments.source.size()];
        segments.each((segment, at, count) -> add(in, segment, out, at, count));
        return Array.wrap(new Storage.F64(out), segments.source);
      }
      float[] in = from.floats();
      float[] out = new float[segments.source.size()];
      segments.each((segment, at, count) -> add(in, segment, out, at, count));
      return Array.wrap(Storage.ofFloats(from.dtype(), out), segments.source);
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
      return Collections.singletonList(Op.run(new Gather(segments), cotangent));
    }
  }

  /** {@link #gatherFrom} as an operation, the derivative of {@link ScatterAdd}. */
  private record Gather(Segments segments) implements Op {
    @Override
    public String name() {
      return "gather";
    }

    @Override
    public Array forward(List<Array> inputs) {
      return segments.gatherFrom(inputs.getFirst());
    }

    @Override
    public List<@Nullable Array> vjp(VjpContext call, Array cotangent) {
      return Collections.singletonList(segments.scatterAdd(cotangent));
    }
  }

  /** Some elements of a segment: their offsets among the segments and in the array. */
  private interface Visit {
    void at(int gathered, int source, int count);
  }

  /**
   * Visits all segments in order. Each thread takes some columns of every segment, or, for short
   * segments, those that begin in its part of the array; so no two threads add to the same element.
   */
  private void each(Visit visit) {
    int parts = Math.min(Workers.threads(), length / MIN_COLUMNS);
    long cost = (long) gathered.size() * COST;
    if (parts > 1) {
      Workers.run(
          parts,
          cost,
          part -> {
            int from = (int) ((long) length * part / parts);
            int count = (int) ((long) length * (part + 1) / parts) - from;
            for (int segment = 0; segment < starts.length; segment++) {
              visit.at(segment * length + from, starts[segment] + from, count);
            }
          });
      return;
    }
    int share = Math.ceilDiv(Math.max(1, source.size()), Workers.threads());
    Workers.run(
        Workers.threads(),
        cost,
        part -> {
          for (int segment = 0; segment < starts.length; segment++) {
            if (starts[segment] / share == part) {
              visit.at(segment * length, starts[segment], length);
            }
          }
        });
  }
}
