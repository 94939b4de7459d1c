package dev.heddle.simd.bits;

import com.sun.management.ThreadMXBean;
import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.TreePair;
import dev.heddle.grad.Grad;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.linen.Rngs;
import dev.heddle.linen.Variables;
import dev.heddle.linen.attention.AttentionInputs;
import dev.heddle.linen.attention.Masks;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import dev.heddle.support.Numbers;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a sequence of work drawn from a seed, then calls each kernel and some layers; prints {@code
 * bytes N of ALLOWED NAME} for a call of a kernel and {@code vectors N of 0 NAME} for calls of a
 * layer. The result does not depend on timing: calls are repeated while the JIT compiler has work,
 * and often enough that all of them are compiled.
 */
final class History {
  /** Rows, columns and lengths of the kernels: full register tiles, and a remainder. */
  private static final int SIZE = 67;

  private static final int CALLS = 50;

  /** Rounds of calls: more calls than C2 waits for (Tier4InvocationThreshold, 5,000). */
  private static final int MAX_ROUNDS = 300;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private History() {}

  /** The program; its argument is the seed. */
  public static void main(String[] words) throws InterruptedException {
    System.out.println("kernels " + KernelChoice.current().kernels().name());
    long seed = Long.parseLong(words[0]);
    Draw draw = new Draw(seed);
    List<Case> cases = Case.of(seed, Size.MEDIUM);
    for (int works = draw.from(3, 6); works > 0; works--) {
      int calls = draw.oneOf(1, 20, 100, 300);
      int callers = draw.from(1, 3);
      Runnable work =
          switch (draw.from(0, 7)) {
            case 0 -> new OtherVectors();
            case 1, 2 ->
                new BlockStep(draw.from(1, 3), draw.oneOf(16, 48, 130), draw.oneOf(24, 64));
            default -> new Calls(cases.get(draw.from(0, cases.size() - 1)));
          };
      System.out.println("work " + callers + " callers, " + calls + " calls: " + work);
      run(work, callers, Math.ceilDiv(calls, callers));
    }
    KernelCalls.each(KernelChoice.current().kernels(), SIZE, History::bytes);
    layers();
  }

  private record Calls(Case of) implements Runnable {
    @Override
    public void run() {
      of.run();
    }
  }

  private static void run(Runnable work, int callers, int calls) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int call = 0; call < calls; call++) {
                  work.run();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void layers() {
    Array x = Numbers.of(1, DType.FLOAT32, 2, 67, 64);
    Array causal = Masks.makeCausalMask(Array.zeros(DType.INT32, 2, 67));
    for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
      var layer = MultiHeadDotProductAttention.builder().numHeads(4).dtype(dtype).build();
      Array input = x.astype(dtype);
      Variables variables = layer.init(Rngs.of(0), input);
      vectors("apply " + dtype, () -> layer.apply(variables, input));
      AttentionInputs masked = AttentionInputs.of(input).mask(causal);
      vectors("apply causal " + dtype, () -> layer.apply(variables, masked));
      vectors(
          "gradients " + dtype,
          () ->
              Grad.vjp(
                      (TreePair<Variables, Array> at) ->
                          layer.apply(at.first(), AttentionInputs.of(at.second()).mask(causal)),
                      TreePair.of(variables, input))
                  .pullback(input));
    }
    vectors("step of a block", new BlockStep(2, 67, 64));
  }

  /** Prints the bytes that a call allocates: the minimum over rounds. */
  private static void bytes(String name, long allowed, Runnable call) {
    long fewest = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && fewest > allowed; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      fewest = Math.min(fewest, (THREADS.getCurrentThreadAllocatedBytes() - before) / CALLS);
      if (fewest > allowed) {
        Jit.await();
      }
    }
    System.out.println("bytes " + fewest + " of " + allowed + " " + name);
  }

  /** Prints the vectors that a round of calls allocates on all threads: the minimum over rounds. */
  private static void vectors(String name, Runnable call) {
    long fewest = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && fewest > 0; round++) {
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      Jit.await();
      fewest = Math.min(fewest, VectorObjects.madeBy(call));
    }
    System.out.println("vectors " + fewest + " of 0 " + name);
  }
}
