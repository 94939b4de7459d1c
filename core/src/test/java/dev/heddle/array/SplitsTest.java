package dev.heddle.array;

import static dev.heddle.support.ArrayAssert.assertThatArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Grad;
import dev.heddle.kernel.Workers;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Work is split into tasks for all threads, and the bits are those of one thread. */
class SplitsTest {
  private static final int THREADS = 12;

  /** Units beyond a multiple of the threads are split if that finishes sooner. */
  @ParameterizedTest
  @CsvSource({
    "16, 12, 12",
    "12, 12, 12",
    "10, 12, 10",
    "5, 12, 0",
    "1, 2, 0",
    "97, 2, 96",
    "7, 1, 7"
  })
  void attentionsBackwardSplitsTheHeadsThatAreLeft(int units, int threads, int whole) {
    assertThat(AttentionGradient.wholeUnits(units, threads)).isEqualTo(whole);
  }

  @Test
  void aBatchedProductOfFewElementsHasTasksForAllThreads() {
    int tasks = Workers.over(Runnable::run, THREADS).call(SplitsTest::tasksOfTwo);

    assertThat(tasks).isGreaterThanOrEqualTo(THREADS);
  }

  private static int tasksOfTwo() {
    return new MatrixProduct(2, 960, 64, 64).split().tasks();
  }

  @Test
  void fewRowsAreSplitByColumns() {
    int cols = Workers.over(Runnable::run, 4).call(() -> TaskSplit.ofBlocks(1, 3072).share());

    assertThat(cols).isEqualTo(192);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16", "FLOAT64"})
  void batchedProductsAreThoseOfTheirElements(DType dtype) {
    for (int batch : new int[] {1, 2, 3, 60}) {
      Array a = Numbers.of(1, dtype, batch, 150, 40);
      Array b = Numbers.of(2, dtype, batch, 40, 70);
      List<Array> each = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        each.add(a.get(i).matmul(b.get(i)));
      }

      assertThatArray(onThreads(() -> a.matmul(b))).hasSameBitsAs(Concatenate.stack(each, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16", "FLOAT64"})
  void theGradientOfATableAddsInTheOrderOfTheIndices(DType dtype) {
    for (int features : new int[] {5, 64, 200}) {
      Array table = Numbers.of(1, dtype, 50, features);
      int[] chosen = new int[4000]; // all from the start of the table, as bytes of text are
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = i * i % 7;
      }
      Array places = Array.of(chosen);
      Array cotangent = Numbers.of(2, dtype, chosen.length, features);

      Array one = gradient(table, places, cotangent);

      assertThatArray(onThreads(() -> gradient(table, places, cotangent))).hasSameBitsAs(one);
    }
  }

  private static Array gradient(Array table, Array places, Array cotangent) {
    return Grad.vjp(x -> Gather.take(x, places, 0), table).pullback(cotangent);
  }

  private static Array onThreads(Supplier<Array> work) {
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      return Workers.over(pool, 4).call(work::get);
    }
  }
}
