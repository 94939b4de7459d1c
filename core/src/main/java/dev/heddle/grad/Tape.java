package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Op;
import dev.heddle.array.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations on some arrays in the order of execution, for the backward pass. Every array that
 * depends on them has an index, that of its entry.
 *
 * <p>The cotangents of an array that is used several times are added in the order of use. A tape is
 * confined to the thread that runs the program it records.
 */
final class Tape implements Tracer {
  /** Tapes are nested: a tape that is begun later runs its backward pass first. */
  private static final AtomicLong LEVELS = new AtomicLong();

  private final long level = LEVELS.incrementAndGet();
  private final boolean stopsAtNaN = Grad.stopsAtNaN();
  private final List<@Nullable Entry> entries = new ArrayList<>();
  private volatile boolean isEnded; // read by other threads that read its arrays

  /** The origin of an array. */
  private sealed interface Entry permits Leaf, Applied, Segment, Part {}

  /** An argument of the program. */
  private record Leaf() implements Entry {}

  /** The output of an operation; an index of -1 in {@code from} stands for a constant. */
  private record Applied(Op op, int[] from, List<Array> primals, Op.ForwardResult result)
      implements Entry {}

  /** A checkpointed segment of the program, of which only the inputs are kept. */
  private record Segment(Function<List<Array>, ? extends ArrayTree<?>> program, List<Array> inputs)
      implements Entry {}

  /** Output {@code index} of the segment at entry {@code segment}. */
  private record Part(int segment, int index) implements Entry {}

  @Override
  public long level() {
    return level;
  }

  @Override
  public boolean isRecording() {
    return !isEnded;
  }

  /** A tree whose leaves are traced by this tape, as the arguments to differentiate by. */
  <T extends ArrayTree<T>> T trace(T tree) {
    return tree.withLeaves(
        tree.leaves().stream().map(leaf -> leaf.traced(this, add(new Leaf()))).toList());
  }

  private int add(Entry entry) {
    entries.add(entry);
    return entries.size() - 1;
  }

  @Override
  public Array record(Op op, List<Array> inputs, List<Array> primals, Op.ForwardResult result) {
    if (isEnded) {
      throw new IllegalStateException(
          ("%s: an array is used that belongs to a differentiation which has ended; return it"
                  + " as an auxiliary output instead of storing it")
              .formatted(op.name()));
    }
    Array output = result.output();
    if (!output.dtype().isFloating()) {
      return output; // integers have no cotangent
    }
    if (stopsAtNaN) {
      NotANumberException.check(op, primals, output);
    }
    int[] from = new int[inputs.size()];
    for (int i = 0; i < from.length; i++) {
      from[i] = inputs.get(i).tracer() == this ? inputs.get(i).tapeIndex() : -1;
    }
    return output.traced(this, add(new Applied(op, from, primals, result)));
  }

  /** Runs a segment of which only the inputs are kept; the backward pass runs it again. */
  <U extends ArrayTree<U>> U checkpoint(Function<List<Array>, U> program, List<Array> inputs) {
    int start = entries.size();
    U tree = program.apply(inputs);
    List<Array> outputs = tree.leaves();
    if (outputs.stream().anyMatch(this::isOfInnerTape)) {
      return tree; // an inner tape has recorded operations on arrays of this one
    }
    clearFrom(start);
    int segment = add(new Segment(program, inputs));
    List<Array> traced = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Array output = outputs.get(i);
      boolean isNew = output.tracer() == this && output.tapeIndex() >= start;
      traced.add(isNew ? output.primal().traced(this, add(new Part(segment, i))) : output);
    }
    return tree.withLeaves(traced);
  }

  private boolean isOfInnerTape(Array array) {
    Tracer tracer = array.tracer();
    return tracer != null && tracer.level() > level;
  }

  private void clearFrom(int start) {
    for (int i = start; i < entries.size(); i++) {
      entries.set(i, null); // indices are not reused
    }
  }

  /** Ends the recording. */
  void end() {
    isEnded = true;
  }

  /**
   * Runs the backward pass from some outputs to the arguments.
   *
   * @param outputs outputs of the program
   * @param cotangents for each output, of its shape and dtype
   * @param leaves the number of arguments, which are the first entries
   * @param isLast whether this is the last backward pass, which may release entries as it goes
   * @return the cotangent of each argument, null where the outputs do not depend on it
   */
  @Nullable Array[] backward(
      List<Array> outputs, List<Array> cotangents, int leaves, boolean isLast) {
    Cotangents all = new Cotangents();
    addAll(all, outputs, cotangents);
    int end = entries.size();
    isEnded = false; // segments run again
    try {
      backward(all, end, leaves, isLast);
    } finally {
      isEnded = true;
      dropFrom(end); // entries of a segment that threw
    }
    @Nullable Array[] result = new Array[leaves];
    Arrays.setAll(result, all::take);
    return result;
  }

  private void dropFrom(int end) {
    while (entries.size() > end) {
      entries.removeLast();
    }
  }

  private void addAll(Cotangents all, List<Array> outputs, List<Array> cotangents) {
    for (int i = outputs.size() - 1; i >= 0; i--) {
      if (outputs.get(i).tracer() == this) {
        all.add(outputs.get(i).tapeIndex(), cotangents.get(i));
      }
    }
  }

  /** Traverses the entries from {@code end} (exclusive) down to {@code start}. */
  private void backward(Cotangents all, int end, int start, boolean isLast) {
    // of segments, whose outputs come before them here: by segment and by output
    Map<Integer, SortedMap<Integer, Array>> pending = new HashMap<>();
    for (int index = end - 1; index >= start; index--) {
      Entry entry = entries.get(index);
      if (isLast) {
        entries.set(index, null); // releases its residuals
      }
      switch (entry) {
        case Applied applied -> {
          Array cotangent = all.take(index);
          if (cotangent != null) {
            backward(all, applied, index, cotangent);
          }
        }
        case Part part -> {
          Array cotangent = all.take(index);
          if (cotangent != null) {
            pending.computeIfAbsent(part.segment, _ -> new TreeMap<>()).put(part.index, cotangent);
          }
        }
        case Segment segment -> {
          SortedMap<Integer, Array> cotangents = pending.remove(index);
          if (cotangents != null) {
            backward(all, segment, cotangents);
          }
        }
        case Leaf leaf -> {}
        case null -> {}
      }
    }
  }

  private void backward(Cotangents all, Applied applied, int index, Array cotangent) {
    Op op = applied.op;
    List<Array> primals = applied.primals;
    List<Boolean> wanted = new ArrayList<>();
    for (int i = 0; i < applied.from.length; i++) {
      wanted.add(applied.from[i] >= 0 && primals.get(i).dtype().isFloating());
    }
    Op.ForwardResult result = applied.result;
    boolean isNested = result.output().tracer() != null || cotangent.tracer() != null;
    Op.VjpContext call =
        new Op.VjpContext(primals, result.output(), result.residuals(), wanted, isNested);
    List<@Nullable Array> parts = DerivativeException.locate(op, call, index, cotangent);
    if (parts.size() != primals.size()) {
      throw new IllegalStateException(
          "%s: expected a derivative of %s cotangents, got %s"
              .formatted(op.name(), primals.size(), parts.size()));
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      Array part = parts.get(i);
      if (part != null && wanted.get(i)) {
        check(op, i, primals.get(i), part);
        if (stopsAtNaN) {
          NotANumberException.checkDerivative(op, cotangent, part);
        }
        all.add(applied.from[i], part);
      }
    }
  }

  private static void check(Op op, int index, Array input, Array cotangent) {
    if (!input.shape().equals(cotangent.shape()) || input.dtype() != cotangent.dtype()) {
      throw new IllegalStateException(
          "%s: expected a cotangent of input %s of %s%s, got %s%s"
              .formatted(
                  op.name(),
                  index,
                  input.dtype(),
                  input.shape(),
                  cotangent.dtype(),
                  cotangent.shape()));
    }
  }

  private void backward(Cotangents all, Segment segment, SortedMap<Integer, Array> cotangents) {
    int start = entries.size();
    List<Array> outputs = segment.program.apply(segment.inputs).leaves();
    List<Array> used = cotangents.keySet().stream().map(outputs::get).toList();
    addAll(all, used, List.copyOf(cotangents.values()));
    backward(all, entries.size(), start, true);
    dropFrom(start);
  }

  /** The cotangents of each array so far, by its index, that of the latest use first. */
  private static final class Cotangents {
    private final Map<Integer, List<Array>> pending = new HashMap<>();

    void add(int index, Array cotangent) {
      pending.computeIfAbsent(index, _ -> new ArrayList<>(1)).add(cotangent);
    }

    /** Removes the cotangents of an array and returns their sum in the order of use. */
    @Nullable Array take(int index) {
      List<Array> parts = pending.remove(index);
      if (parts == null) {
        return null;
      }
      Array sum = parts.getLast();
      for (int i = parts.size() - 2; i >= 0; i--) {
        sum = Elementwise.add(sum, parts.get(i));
      }
      return sum;
    }
  }
}
