package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.grad.Grad;
import dev.heddle.support.Numbers;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cotangents of matrix products, and their order of operations. */
class ProductDerivativesTest {
  private static final int[] NONE = {};

  private record Cotangents(Array input, Array kernel, Array bias) {}

  /** The cotangents of a projection {@code [2, 37, 7] -> [2, 37, 3, 5]}. */
  private static Cotangents projection(Array x, Array kernel, Array bias, Array cotangent) {
    var back =
        Grad.vjp(
                (TreePair<Array, TreePair<Array, Array>> in) ->
                    MatMul.affine(
                        in.first(),
                        in.second().first(),
                        new int[] {2},
                        new int[] {0},
                        in.second().second()),
                TreePair.of(x, TreePair.of(kernel, bias)))
            .pullback(cotangent);
    return new Cotangents(back.first(), back.second().first(), back.second().second());
  }

  @Test
  void gradientsOfAProjectionAreSumsInOrder() {
    int rows = 74;
    int features = 7;
    int width = 15;
    Array x = Numbers.of(1, DType.FLOAT32, 2, 37, features);
    Array kernel = Numbers.of(2, DType.FLOAT32, features, 3, 5);
    Array bias = Numbers.of(3, DType.FLOAT32, 3, 5);
    Array cotangent = Numbers.of(4, DType.FLOAT32, 2, 37, 3, 5);

    Cotangents flown = projection(x, kernel, bias, cotangent);

    float[] in = x.toFloatArray();
    float[] w = kernel.toFloatArray();
    float[] dy = cotangent.toFloatArray();
    float[] dx = new float[rows * features];
    float[] dw = new float[features * width];
    float[] db = new float[2 * width];
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < width; j++) {
        float flow = dy[row * width + j];
        db[row / 64 * width + j] += flow; // 64 rows at a time
        for (int f = 0; f < features; f++) {
          dw[f * width + j] = Math.fma(in[row * features + f], flow, dw[f * width + j]);
          dx[row * features + f] = Math.fma(flow, w[f * width + j], dx[row * features + f]);
        }
      }
    }
    assertThat(flown.kernel).isEqualTo(Array.of(dw, features, 3, 5));
    for (int j = 0; j < width; j++) {
      db[j] += db[width + j];
    }
    assertThat(flown.bias).isEqualTo(Array.of(Arrays.copyOf(db, width), 3, 5));
    assertThat(flown.input).isEqualTo(Array.of(dx, 2, 37, features));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void anOrderOfAxesThatNeedsNoCopyHasTheBitsOfOneThatDoes(DType dtype) {
    int inner = 1030; // more than one block of steps
    Array a = Numbers.of(1, dtype, 5, inner);
    Array b = Numbers.of(2, dtype, inner, 2, 70);
    Array product = MatMul.dotGeneral(a, b, new int[] {1}, new int[] {0}, NONE, NONE);
    Array transposedA = Transpose.transpose(a);
    Array transposedB = Transpose.transpose(b, 1, 2, 0);
    Array mixedB = Transpose.transpose(b, 1, 0, 2);

    assertThat(
            MatMul.dotGeneral(transposedA, transposedB, new int[] {0}, new int[] {2}, NONE, NONE))
        .isEqualTo(product);
    assertThat(MatMul.dotGeneral(a, mixedB, new int[] {1}, new int[] {1}, NONE, NONE))
        .isEqualTo(product);
    float[] x = a.toFloatArray();
    float[] y = b.toFloatArray();
    float[] chains = new float[5 * 140];
    for (int i = 0; i < chains.length; i++) {
      for (int k = 0; k < inner; k++) {
        chains[i] = Math.fma(x[i / 140 * inner + k], y[k * 140 + i % 140], chains[i]);
      }
    }
    assertThat(product).isEqualTo(Array.of(chains, 5, 2, 70).astype(dtype));
  }

  @Test
  void aCachedLayoutForOtherAxesIsNotUsed() {
    Array b = Numbers.of(1, DType.FLOAT32, 6, 2, 3);
    Array a = Numbers.of(2, DType.FLOAT32, 20, 6);
    Array wide = Numbers.of(3, DType.FLOAT32, 20, 6, 2);
    for (int i = 0; i < 3; i++) {
      MatMul.dotGeneral(a, b, new int[] {1}, new int[] {0}, NONE, NONE);
    }

    assertThat(MatMul.dotGeneral(wide, b, new int[] {1, 2}, new int[] {0, 1}, NONE, NONE))
        .isEqualTo(MatMul.matmul(wide.reshape(20, 12), b.reshape(12, 3)));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BFLOAT16", "FLOAT16"})
  void sixteenBitTypesAreSummedInFloat32AndRoundedOnce(DType dtype) {
    Array x = Numbers.of(1, dtype, 2, 37, 7);
    Array kernel = Numbers.of(2, dtype, 7, 3, 5);
    Array bias = Numbers.of(3, dtype, 3, 5);
    Array cotangent = Numbers.of(4, dtype, 2, 37, 3, 5);

    Cotangents flown = projection(x, kernel, bias, cotangent);

    Cotangents wide =
        projection(
            x.astype(DType.FLOAT32),
            kernel.astype(DType.FLOAT32),
            bias.astype(DType.FLOAT32),
            cotangent.astype(DType.FLOAT32));
    assertThat(flown.input).isEqualTo(wide.input.astype(dtype));
    assertThat(flown.kernel).isEqualTo(wide.kernel.astype(dtype));
    assertThat(flown.bias).isEqualTo(wide.bias.astype(dtype));
  }

  @Test
  void eachOperandGetsItsOwnType() {
    Array x = Numbers.of(1, DType.BFLOAT16, 4, 6);
    Array kernel = Numbers.of(2, DType.FLOAT32, 6, 3);
    Array counts = Array.of(new int[] {1, 2, 3, 4, 5, 6}, 1, 6);

    Array byX =
        Grad.vjp((Array a) -> MatMul.matmul(a, kernel), x)
            .pullback(Numbers.of(3, DType.FLOAT32, 4, 3));
    Array byKernel =
        Grad.vjp((Array b) -> MatMul.matmul(counts, b), kernel)
            .pullback(Array.of(new float[] {1, 0, -1}, 1, 3));

    assertThat(byX.dtype()).isEqualTo(DType.BFLOAT16);
    assertThat(byKernel)
        .isEqualTo(
            Array.of(
                new float[] {1, 0, -1, 2, 0, -2, 3, 0, -3, 4, 0, -4, 5, 0, -5, 6, 0, -6}, 6, 3));
  }

  @Test
  void anyAxesMayBeContracted() {
    Array a = Numbers.of(1, DType.FLOAT64, 3, 4, 2, 5);
    Array b = Numbers.of(2, DType.FLOAT64, 5, 3, 6, 4);

    FiniteDifferences.check(
        (x, y) ->
            MatMul.dotGeneral(
                x, y, new int[] {3, 1}, new int[] {0, 3}, new int[] {0}, new int[] {1}),
        a,
        b);
    FiniteDifferences.check(
        (x, y) -> MatMul.dotGeneral(x, y, new int[] {1, 3}, new int[] {3, 0}, NONE, NONE), a, b);
    FiniteDifferences.check(
        (x, y) -> MatMul.dotGeneral(x, y, NONE, NONE, NONE, NONE),
        Numbers.of(3, DType.FLOAT64, 2),
        Numbers.of(4, DType.FLOAT64, 3, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void matmulBroadcastsAndTakesVectors(int rows) {
    Array matrix = Numbers.of(1, DType.FLOAT64, 5, 4);
    Array vector = Numbers.of(2, DType.FLOAT64, 5);
    Array batch = Numbers.of(3, DType.FLOAT64, 2, 1, rows, 5);
    Array other = Numbers.of(4, DType.FLOAT64, 3, 5, 2);

    FiniteDifferences.check(MatMul::matmul, vector, matrix);
    FiniteDifferences.check(MatMul::matmul, batch, vector);
    FiniteDifferences.check(MatMul::matmul, batch, other);
    FiniteDifferences.check(MatMul::matmul, vector, other);
  }

  @Test
  void einsumIsDifferentiable() {
    Array a = Numbers.of(1, DType.FLOAT64, 2, 3, 4);
    Array b = Numbers.of(2, DType.FLOAT64, 4, 3, 1);

    FiniteDifferences.check((x, y) -> Einsum.einsum("qhd,dhk->hqk", x, y), a, b);
    FiniteDifferences.check((x, y) -> Einsum.einsum("...hd,dhq->q...", x, y), a, b);
    FiniteDifferences.check(
        (x, y) -> Einsum.einsum("ii,ij->j", x, y),
        Numbers.of(3, DType.FLOAT64, 3, 3),
        Numbers.of(4, DType.FLOAT64, 3, 2));
  }

  @Test
  void productsCanBeDifferentiatedTwice() {
    Array a = Numbers.of(1, DType.FLOAT64, 2, 3, 4);
    Array b = Numbers.of(2, DType.FLOAT64, 4, 2, 3);

    FiniteDifferences.checkTwice(
        (x, y) -> MatMul.dotGeneral(x, y, new int[] {2, 0}, new int[] {0, 1}, NONE, NONE), a, b);
  }

  @Test
  void threadsChangeNoBit() {
    Array x = Numbers.of(1, DType.FLOAT32, 2, 131, 67);
    Array kernel = Numbers.of(2, DType.FLOAT32, 67, 3, 45);
    Array bias = Numbers.of(3, DType.FLOAT32, 3, 45);
    Array cotangent = Numbers.of(4, DType.FLOAT32, 2, 131, 3, 45);
    Supplier<Cotangents> back = () -> projection(x, kernel, bias, cotangent);

    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      Cotangents many = Threads.of(pool, 3).call(back::get);
      assertThat(many).isEqualTo(Threads.of(pool, 1).call(back::get));
    }
  }
}
