package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The everyday methods of Array. */
class ArrayMethodsTest {
  private static final Array X = Array.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

  @Test
  void arithmeticBroadcasts() {
    Array row = Array.of(new float[] {10, 20, 30});
    Array column = Array.of(new float[] {100, 200}, 2, 1);

    assertThat(X.plus(row)).isEqualTo(Array.of(new float[] {11, 22, 33, 14, 25, 36}, 2, 3));
    assertThat(X.minus(column).get(1)).isEqualTo(Array.of(new float[] {-196, -195, -194}));
    assertThat(X.times(X).sum().item()).isEqualTo(91);
    assertThat(X.dividedBy(2).get(0, 0).item()).isEqualTo(0.5);
    assertThat(X.negate().max().item()).isEqualTo(-1);
  }

  @Test
  void aNumberDoesNotWidenAFloatingPointArray() {
    Array half = Array.of(new float[] {1, 2}).astype(DType.BFLOAT16);

    assertThat(half.times(0.1).dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(half.times(0.1).toFloatArray()).containsExactly(0.10009765625f, 0.2001953125f);
  }

  @Test
  void anIntegerArrayKeepsItsTypeBesideWholeNumbersOnly() {
    Array ints = Array.of(new int[] {1, 2});

    assertThat(ints.plus(1)).isEqualTo(Array.of(new int[] {2, 3}));
    assertThat(ints.plus(0.5)).isEqualTo(Array.of(new float[] {1.5f, 2.5f}));
    assertThat(ints.dividedBy(2)).isEqualTo(Array.of(new float[] {0.5f, 1}));
    assertThat(Array.of(new boolean[] {true}).plus(1)).isEqualTo(Array.of(new int[] {2}));
  }

  @Test
  void integersWrap() {
    Array large = Array.of(new int[] {Integer.MAX_VALUE});

    assertThat(large.plus(1)).isEqualTo(Array.of(new int[] {Integer.MIN_VALUE}));
    assertThat(Array.of(new byte[] {(byte) 255}).plus(1)).isEqualTo(Array.of(new byte[] {0}));
  }

  @Test
  void anIntegerDividedByZeroGivesWhatJaxGives() {
    Array zero = Array.of(new int[] {0});
    Array numbers = Array.of(new int[] {3, 0, -7});
    Array bytes = Array.of(new byte[] {3, 0});

    assertThat(Elementwise.floorDivide(numbers, zero)).isEqualTo(Array.of(new int[] {-2, -1, -2}));
    assertThat(Elementwise.remainder(numbers, zero)).isEqualTo(Array.of(new int[] {0, 0, 0}));
    assertThat(Elementwise.floorDivide(bytes, Array.of(new byte[] {0})))
        .isEqualTo(Array.of(new byte[] {-1, -1}));
  }

  /** As in XLA: a negative power is 0 unless the base is 1 or -1. */
  @Test
  void integersHavePowers() {
    Array base = Array.of(new int[] {3, -2, 0, 2, 1, -1, -1, 7});
    Array power = Array.of(new int[] {5, 3, 0, -1, -3, -2, -3, 1});
    assertThat(Elementwise.power(base, power).toLongArray())
        .containsExactly(243, -8, 1, 0, 1, 1, -1, 7);
    assertThat(Elementwise.power(base, power).dtype()).isEqualTo(DType.INT32);
  }

  @Test
  void shapesChange() {
    assertThat(X.reshape(3, -1).get(2)).isEqualTo(Array.of(new float[] {5, 6}));
    assertThat(X.transpose()).isEqualTo(Array.of(new float[] {1, 4, 2, 5, 3, 6}, 3, 2));
    assertThat(X.matmul(X.transpose())).isEqualTo(Array.of(new float[] {14, 32, 32, 77}, 2, 2));
    assertThat(X.mean(0)).isEqualTo(Array.of(new float[] {2.5f, 3.5f, 4.5f}));
    assertThat(X.get(-1, -1).item()).isEqualTo(6);
  }

  @Test
  void comparisonsGiveTruthValues() {
    Array ordered = Array.of(new double[] {1, Double.NaN, 3});
    Array two = Array.of(new double[] {1, 2, 2});

    assertThat(ordered.equalTo(two).toBooleanArray()).containsExactly(true, false, false);
    assertThat(ordered.notEqualTo(two).toBooleanArray()).containsExactly(false, true, true);
    assertThat(ordered.lessThan(two).toBooleanArray()).containsExactly(false, false, false);
    assertThat(ordered.lessOrEqual(two).toBooleanArray()).containsExactly(true, false, false);
    assertThat(ordered.greaterThan(two).toBooleanArray()).containsExactly(false, false, true);
    assertThat(ordered.greaterOrEqual(two).toBooleanArray()).containsExactly(true, false, true);
    assertThat(X.equalTo(2).sum().item()).isEqualTo(1);
    assertThat(X.notEqualTo(2).sum().item()).isEqualTo(5);
    assertThat(X.lessThan(2).sum().item()).isEqualTo(1);
    assertThat(X.lessOrEqual(2).sum().item()).isEqualTo(2);
    assertThat(X.greaterThan(2).sum().item()).isEqualTo(4);
    assertThat(X.greaterOrEqual(2).sum().item()).isEqualTo(5);
    assertThat(Array.where(X.greaterThan(4), X, X.negate()).sum().item()).isEqualTo(1);
  }

  @Test
  void elementaryFunctions() {
    Array y = Array.of(new float[] {-4, 0.25f});

    assertThat(y.abs().sqrt()).isEqualTo(Array.of(new float[] {2, 0.5f}));
    assertThat(y.exp().log()).isEqualTo(Elementwise.log(Elementwise.exp(y)));
    assertThat(y.tanh()).isEqualTo(Elementwise.tanh(y));
    assertThat(y.pow(2)).isEqualTo(Array.of(new float[] {16, 0.0625f}));
    assertThat(y.pow(y.times(0).plus(1))).isEqualTo(y);
    assertThat(y.maximum(0)).isEqualTo(Array.of(new float[] {0, 0.25f}));
    assertThat(y.minimum(y.negate())).isEqualTo(Array.of(new float[] {-4, -0.25f}));
    assertThat(y.maximum(y.negate()).minimum(1)).isEqualTo(Array.of(new float[] {1, 0.25f}));
    assertThat(y.clip(-1, 0.125)).isEqualTo(Array.of(new float[] {-1, 0.125f}));
  }

  @Test
  void reductionsKeepAxesOnRequest() {
    assertThat(X.sum(true, 1)).isEqualTo(Array.of(new float[] {6, 15}, 2, 1));
    assertThat(X.prod(0)).isEqualTo(Array.of(new float[] {4, 10, 18}));
    assertThat(X.prod(true, 0)).isEqualTo(Array.of(new float[] {4, 10, 18}, 1, 3));
    assertThat(X.mean(true, 1)).isEqualTo(Array.of(new float[] {2, 5}, 2, 1));
    assertThat(X.max(true)).isEqualTo(Array.of(new float[] {6}, 1, 1));
    assertThat(X.min(1)).isEqualTo(Array.of(new float[] {1, 4}));
    assertThat(X.min(true, 1)).isEqualTo(Array.of(new float[] {1, 4}, 2, 1));
    assertThat(X.argmax(1)).isEqualTo(Array.of(new int[] {2, 2}));
    assertThat(X.argmin(0)).isEqualTo(Array.of(new int[] {0, 0, 0}));
    assertThat(X.greaterThan(3).all(1)).isEqualTo(Array.of(new boolean[] {false, true}));
    assertThat(X.greaterThan(3).all(true, 1).shape()).isEqualTo(Shape.of(2, 1));
    assertThat(X.greaterThan(3).any(0)).isEqualTo(Array.of(new boolean[] {true, true, true}));
    assertThat(X.greaterThan(3).any(true, 1))
        .isEqualTo(Array.of(new boolean[] {false, true}, 2, 1));
  }

  @Test
  void partsAndShapes() {
    assertThat(X.get(Index.all(), Index.range(1, 3)))
        .isEqualTo(Array.of(new float[] {2, 3, 5, 6}, 2, 2));
    assertThat(X.take(Array.of(new int[] {2, 0}), 1))
        .isEqualTo(Array.of(new float[] {3, 1, 6, 4}, 2, 2));
    assertThat(X.flatten().shape()).isEqualTo(Shape.of(6));
    assertThat(X.expandDims(0, -1).shape()).isEqualTo(Shape.of(1, 2, 3, 1));
    assertThat(X.expandDims(0, -1).squeeze()).isEqualTo(X);
    assertThat(X.expandDims(0, -1).squeeze(0).shape()).isEqualTo(Shape.of(2, 3, 1));
    assertThat(X.broadcastTo(4, 2, 3).get(3)).isEqualTo(X);
  }

  @Test
  void integersOf64BitsAreExact() {
    long odd = (1L << 53) + 1;

    assertThat(Array.scalar(odd, DType.INT64).itemAsLong()).isEqualTo(odd);
    assertThat(Array.full(odd, DType.INT64, 2).toLongArray()).containsExactly(odd, odd);
    assertThat(Array.scalar(-1, DType.UINT8).item()).isZero();
    assertThat(Array.scalar(-1.9, DType.FLOAT32).itemAsLong()).isEqualTo(-1);
    assertThatThrownBy(() -> X.itemAsLong())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("itemAsLong: expected an array of one element, got shape [2, 3]");
  }

  @Test
  void aCallOnOtherThreadsInfersItsTypes() throws Exception {
    Threads threads = Threads.of(Runnable::run, 2);
    Callable<Array> throwing = () -> X;

    Array sum = threads.call(() -> X.sum());
    Array same = threads.call(throwing::call);

    assertThat(sum.item() + threads.call(() -> same.sum().item())).isEqualTo(42);
  }

  @Test
  void aCustomAttentionFunction() {
    Array query = Creation.linspace(-1, 1, 24, DType.FLOAT32).reshape(2, 3, 2, 2);
    Array score = Einsum.einsum("...qhd,...khd->...hqk", query.dividedBy(Math.sqrt(2)), query);
    Array causal = Creation.tri(3, 3, 0, DType.BOOL);
    double lowest = DType.FLOAT32.finfoMin();
    Array weights = Softmax.softmax(Where.where(causal, score, lowest));
    Array attended = Einsum.einsum("...hqk,...khd->...qhd", weights, query);

    assertThat(attended.shape()).isEqualTo(query.shape());
    assertThat(attended.get(0, 0))
        .isEqualTo(query.get(0, 0)); // the first query attends only to itself
    assertThat(weights.get(0, 0, 0)).isEqualTo(Array.of(new float[] {1, 0, 0}));
  }

  @Test
  void aTracerRecordsEveryOperation() {
    List<String> heard = new ArrayList<>();
    Tracer tracer =
        new Tracer() {
          @Override
          public long level() {
            return 1;
          }

          @Override
          public Array record(
              Op op, List<Array> inputs, List<Array> primals, Op.ForwardResult kept) {
            heard.add(op.name());
            return kept.output().traced(this, heard.size());
          }
        };

    Elementwise.exp(X.traced(tracer, 0).times(2).reshape(-1)).sum();

    assertThat(heard).containsExactly("multiply", "reshape", "exp", "sum");
  }
}
