package dev.heddle.grad;

import dev.heddle.array.Array;
import dev.heddle.array.ArrayTree;
import dev.heddle.array.Op;
import dev.heddle.array.Tracer;
import dev.heddle.array.op.Elementwise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was done to some arrays, in order, to be played backwards. Every array that depends on them
 * has a number, which is its place here.
 *
 * <p>Arrays that were used several times add their cotangents in the order of use. A tape belongs
 * to the thread that runs the program it listens to.
 */
final class Tape implements Tracer {
  /** Later tapes are inner ones: a tape is played before the one that was begun earlier goes on. */
  private static final AtomicLong LEVELS = new AtomicLong();

  private final long level = LEVELS.incrementAndGet();
  private final boolean stopsAtNaN = Grad.stopsAtNaN();
  private final List<@Nullable Entry> entries = new ArrayList<>();
  private volatile boolean isOver; // others may ask whether its arrays can be read

  /** How an array came to be. */
  private sealed interface Entry permits Leaf, Applied, Segment, Part {}

  /** Given from outside. */
  private record Leaf() implements Entry {}

  /** Made by an operation from others; -1 stands for a constant. */
  private record Applied(Op op, int[] from, List<Array> primals, Op.ForwardResult kept)
      implements Entry {}

  /** A stretch of the program of which only the beginning is kept. */
  private record Segment(Function<List<Array>, ? extends ArrayTree<?>> program, List<Array> inputs)
      implements Entry {}

  /** An output of the segment at {@code segment}, its {@code index}th. */
  private record Part(int segment, int index) implements Entry {}

  @Override
  public long level() {
    return level;
  }

  @Override
  public boolean isRecording() {
    return !isOver;
  }

  /** The leaves of a tree, marked as those to differentiate by. */
  <T extends ArrayTree<T>> T mark(T tree) {
    return tree.withLeaves(
        tree.leaves().stream().map(leaf -> leaf.traced(this, add(new Leaf()))).toList());
  }

  private int add(Entry entry) {
    entries.add(entry);
    return entries.size() - 1;
  }

  @Override
  public Array record(Op op, List<Array> inputs, List<Array> primals, Op.ForwardResult kept) {
    if (isOver) {
      throw new IllegalStateException(
          op.name()
              + ": an array is used that belongs to a differentiation which has ended; return it as"
              + " an auxiliary output instead of storing it");
    }
    Array output = kept.output();
    if (!output.dtype().isFloating()) {
      return output; // nothing flows back through integers
    }
    if (stopsAtNaN) {
      NotANumberException.check(op, primals, output);
    }
    int[] from = new int[inputs.size()];
    for (int i = 0; i < from.length; i++) {
      from[i] = inputs.get(i).tracer() == this ? inputs.get(i).tapeIndex() : -1;
    }
    return output.traced(this, add(new Applied(op, from, primals, kept)));
  }

  /** Runs a part of the program and keeps its inputs only; what it did is done again to go back. */
  <U extends ArrayTree<U>> U checkpoint(Function<List<Array>, U> program, List<Array> inputs) {
    int start = entries.size();
    U tree = program.apply(inputs);
    List<Array> outputs = tree.leaves();
    if (outputs.stream().anyMatch(this::isInside)) {
      return tree; // an inner tape noted down what it did to arrays of this one
    }
    forgetFrom(start);
    int segment = add(new Segment(program, inputs));
    List<Array> marked = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Array output = outputs.get(i);
      boolean isNew = output.tracer() == this && output.tapeIndex() >= start;
      marked.add(isNew ? output.primal().traced(this, add(new Part(segment, i))) : output);
    }
    return tree.withLeaves(marked);
  }

  private boolean isInside(Array array) {
    Tracer tracer = array.tracer();
    return tracer != null && tracer.level() > level;
  }

  private void forgetFrom(int start) {
    for (int i = start; i < entries.size(); i++) {
      entries.set(i, null); // the numbers are not given again
    }
  }

  /** From now on nothing is recorded. */
  void end() {
    isOver = true;
  }

  /**
   * Goes back from some outputs to the leaves.
   *
   * @param outputs what the program made
   * @param cotangents for each output, of its shape and dtype
   * @param leaves how many arrays were marked at first
   * @param isLast whether this tape is not played again, so that it may forget on the way
   * @return for each leaf its cotangent, null where nothing depends on it
   */
  @Nullable Array[] backward(
      List<Array> outputs, List<Array> cotangents, int leaves, boolean isLast) {
    Cotangents all = new Cotangents(entries.size());
    give(all, outputs, cotangents);
    int end = entries.size();
    isOver = false; // segments run again
    try {
      backward(all, end, leaves, isLast);
    } finally {
      isOver = true;
      dropFrom(end); // what a segment left that failed
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

  private void give(Cotangents all, List<Array> outputs, List<Array> cotangents) {
    for (int i = outputs.size() - 1; i >= 0; i--) {
      if (outputs.get(i).tracer() == this) {
        all.give(outputs.get(i).tapeIndex(), cotangents.get(i));
      }
    }
  }

  /** From the last entry before {@code end} to that numbered {@code start}. */
  private void backward(Cotangents all, int end, int start, boolean isLast) {
    Segments waiting = new Segments();
    for (int number = end - 1; number >= start; number--) {
      Entry entry = entries.get(number);
      if (isLast) {
        entries.set(number, null); // and with it what the way back needs no more
      }
      switch (entry) {
        case Applied applied -> {
          Array cotangent = all.take(number);
          if (cotangent != null) {
            backward(all, applied, number, cotangent);
          }
        }
        case Part part -> waiting.put(part, all.take(number));
        case Segment segment -> backward(all, segment, waiting.take(number));
        case Leaf leaf -> {}
        case null -> {}
      }
    }
  }

  private void backward(Cotangents all, Applied applied, int number, Array cotangent) {
    Op op = applied.op;
    List<Array> primals = applied.primals;
    List<Boolean> wanted = new ArrayList<>();
    for (int i = 0; i < applied.from.length; i++) {
      wanted.add(applied.from[i] >= 0 && primals.get(i).dtype().isFloating());
    }
    Op.ForwardResult kept = applied.kept;
    boolean isNested = kept.output().tracer() != null || cotangent.tracer() != null;
    Op.VjpContext call =
        new Op.VjpContext(primals, kept.output(), kept.residuals(), wanted, isNested);
    List<@Nullable Array> given = DerivativeException.locate(op, call, number, cotangent);
    if (given.size() != primals.size()) {
      throw new IllegalStateException(
          op.name()
              + ": expected a derivative of "
              + primals.size()
              + " cotangents, got "
              + given.size());
    }
    for (int i = given.size() - 1; i >= 0; i--) {
      Array part = given.get(i);
      if (part != null && wanted.get(i)) {
        check(op, i, primals.get(i), part);
        if (stopsAtNaN) {
          NotANumberException.checkDerivative(op, cotangent, part);
        }
        all.give(applied.from[i], part);
      }
    }
  }

  private static void check(Op op, int index, Array input, Array cotangent) {
    if (!input.shape().equals(cotangent.shape()) || input.dtype() != cotangent.dtype()) {
      throw new IllegalStateException(
          op.name()
              + ": expected a cotangent of input "
              + index
              + " of "
              + input.dtype()
              + input.shape()
              + ", got "
              + cotangent.dtype()
              + cotangent.shape());
    }
  }

  private void backward(Cotangents all, Segment segment, @Nullable Array[] cotangents) {
    List<Array> used = new ArrayList<>();
    List<Array> given = new ArrayList<>();
    int start = entries.size();
    List<Array> outputs =
        cotangents.length == 0 ? List.of() : segment.program.apply(segment.inputs).leaves();
    for (int i = 0; i < cotangents.length; i++) {
      Array cotangent = cotangents[i];
      if (cotangent != null) {
        used.add(outputs.get(i));
        given.add(cotangent);
      }
    }
    give(all, used, given);
    backward(all, entries.size(), start, true);
    dropFrom(start);
  }

  /** What has flown back to each array so far, the latest use first. */
  private static final class Cotangents {
    private final List<@Nullable List<Array>> waiting;

    Cotangents(int size) {
      waiting = new ArrayList<>(java.util.Collections.nCopies(size, null));
    }

    void give(int number, Array cotangent) {
      while (waiting.size() <= number) {
        waiting.add(null);
      }
      List<Array> there = waiting.get(number);
      if (there == null) {
        there = new ArrayList<>(1);
        waiting.set(number, there);
      }
      there.add(cotangent);
    }

    /** The sum in the order of use; nothing is left. */
    @Nullable Array take(int number) {
      List<Array> there = number < waiting.size() ? waiting.get(number) : null;
      if (there == null) {
        return null;
      }
      waiting.set(number, null);
      Array sum = there.getLast();
      for (int i = there.size() - 2; i >= 0; i--) {
        sum = Elementwise.add(sum, there.get(i));
      }
      return sum;
    }
  }

  /** The cotangents of segments' outputs, which come before their segment when going back. */
  private static final class Segments {
    private final List<Part> parts = new ArrayList<>();
    private final List<Array> cotangents = new ArrayList<>();

    void put(Part part, @Nullable Array cotangent) {
      if (cotangent != null) {
        parts.add(part);
        cotangents.add(cotangent);
      }
    }

    @Nullable Array[] take(int segment) {
      int length = 0;
      for (Part part : parts) {
        length = part.segment == segment ? Math.max(length, part.index + 1) : length;
      }
      @Nullable Array[] own = new Array[length];
      BitSet taken = new BitSet();
      for (int i = 0; i < parts.size(); i++) {
        if (parts.get(i).segment == segment) {
          own[parts.get(i).index] = cotangents.get(i);
          taken.set(i);
        }
      }
      for (int i = parts.size() - 1; i >= 0; i--) {
        if (taken.get(i)) {
          parts.remove(i);
          cotangents.remove(i);
        }
      }
      return own;
    }
  }
}
