package dev.heddle.simd;

import static dev.heddle.support.ArrayAssert.assertThatArray;

import dev.heddle.array.Array;
import dev.heddle.array.Attention;
import dev.heddle.array.AttentionLayer;
import dev.heddle.array.AttentionLayer.Operand;
import dev.heddle.array.AttentionLayer.Projection;
import dev.heddle.array.DType;
import dev.heddle.array.Einsum;
import dev.heddle.grad.Grad;
import dev.heddle.kernel.KernelChoice;
import dev.heddle.support.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One array as the right operand of products of many shapes: a layout packed for one shape is never
 * used for another, in any order of the products.
 */
class RightOperandsTest {
  private static final int F = 8;
  private static final int H = 4;
  private static final int D = 16;

  /** A product with a kernel of shape {@code [F, H, D]}. */
  private enum User {
    PROJECTION {
      @Override
      Array apply(Array kernel, int rows) {
        return Einsum.einsum("nf,fhd->nhd", left(kernel, rows, F), kernel);
      }
    },
    TWO_AXES {
      @Override
      Array apply(Array kernel, int rows) {
        return Einsum.einsum("nfh,fhd->nd", left(kernel, rows, F, H), kernel);
      }
    },
    TURNED {
      @Override
      Array apply(Array kernel, int rows) {
        return Einsum.einsum("nhd,fhd->nf", left(kernel, rows, H, D), kernel);
      }
    },
    TURNED_LAST_AXIS {
      @Override
      Array apply(Array kernel, int rows) {
        return Einsum.einsum("nd,fhd->nfh", left(kernel, rows, D), kernel);
      }
    },
    OTHER_ORDER {
      @Override
      Array apply(Array kernel, int rows) {
        return Einsum.einsum("nh,fhd->nfd", left(kernel, rows, H), kernel);
      }
    },
    GRADIENT {
      @Override
      Array apply(Array kernel, int rows) {
        return Grad.grad(x -> Einsum.einsum("nf,fhd->nhd", x, kernel).sum(), left(kernel, rows, F));
      }
    },
    FUSED_QUERY {
      @Override
      Array apply(Array kernel, int rows) {
        Array other = Numbers.of(5, kernel.dtype(), F, H, D);
        return layer(kernel, other, Numbers.of(6, kernel.dtype(), H, D, 5), rows);
      }
    },
    FUSED_VALUE {
      @Override
      Array apply(Array kernel, int rows) {
        Array other = Numbers.of(5, kernel.dtype(), F, H, D);
        return layer(other, kernel, Numbers.of(6, kernel.dtype(), H, D, 5), rows);
      }
    },
    FUSED_OUT {
      @Override
      Array apply(Array kernel, int rows) {
        Array other = Numbers.of(5, kernel.dtype(), 7, F, H); // of F heads
        return layer(other, other, kernel, rows);
      }
    };

    abstract Array apply(Array kernel, int rows);

    private static Array left(Array kernel, int... shape) {
      return Numbers.of(4, kernel.dtype(), shape);
    }

    private static Array layer(Array query, Array value, Array out, int rows) {
      Array x = Numbers.of(7, query.dtype(), 1, rows, query.shape().dim(0));
      Operand queries = new Operand(x, new Projection(query, null));
      Operand values = new Operand(x, new Projection(value, null));
      return AttentionLayer.apply(
          queries,
          queries,
          values,
          new Projection(out, null),
          query.dtype(),
          Attention.Options.NONE);
    }
  }

  /** During the warm-up products use the scalar kernels, which retain no layouts. */
  @BeforeAll
  static void warmUp() {
    WarmKernels.of(KernelChoice.current().kernels());
  }

  @TestFactory
  List<DynamicTest> givesEachUserItsOwnLayout() {
    List<DynamicTest> tests = new ArrayList<>();
    for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
      for (User first : User.values()) {
        for (User second : User.values()) {
          tests.add(
              DynamicTest.dynamicTest(
                  dtype + ": " + first + ", then " + second, () -> compare(dtype, first, second)));
        }
      }
    }
    return tests;
  }

  private static void compare(DType dtype, User first, User second) {
    Array shared = kernel(dtype);
    for (User user : List.of(first, first, first, second, second, second, first)) {
      for (int rows : new int[] {12, 1}) {
        assertThatArray(user.apply(shared, rows)).hasSameBitsAs(user.apply(kernel(dtype), rows));
      }
    }
  }

  private static Array kernel(DType dtype) {
    return Numbers.of(3, dtype, F, H, D);
  }
}
