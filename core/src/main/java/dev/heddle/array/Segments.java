package dev.heddle.array;

import dev.heddle.kernel.KernelChoice;
import dev.heddle.kernel.Kernels;
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
    Storage out = Storage.zeros(x.dtype(), gathered.size());
    for (int segment = 0; segment < starts.length; segment++) {
      System.arraycopy(
          x.storage().values(), starts[segment], out.values(), segment * length, length);
    }
    return Array.wrap(out, gathered);
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
      Kernels kernels = KernelChoice.current().kernels();
      Storage sums =
          inputs
              .getFirst()
              .storage()
              .mapped(
                  segments.source.size(),
                  (in, out) ->
                      segments.each((at, to, n) -> kernels.addRows(in, at, n, 1, out, to, n)),
                  (in, out) ->
                      segments.each((at, to, n) -> kernels.addRows(in, at, n, 1, out, to, n)));
      return Array.wrap(sums, segments.source);
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
