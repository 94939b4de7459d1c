package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The literal error messages. */
class ErrorsTest {
  private static final Array X = Array.zeros(DType.FLOAT32, 2, 3);
  private static final Array Y = Array.zeros(DType.FLOAT32, 4, 5);
  private static final Array BOOL = Array.zeros(DType.BOOL, 2);

  static Stream<Arguments> misuses() {
    return Stream.of(
        misuse("add: expected shapes that broadcast, got [2, 3] and [4, 5]", () -> X.plus(Y)),
        misuse(
            "where: expected shapes that broadcast, got [2] and [2, 3]",
            () -> Where.where(BOOL, X, X)),
        misuse(
            "less: expected shapes that broadcast, got [2, 3] and [4, 5]",
            () -> Compare.less(X, Y)),
        misuse("negative: expected numbers, got bool; use Compare.logicalNot", BOOL::negate),
        misuse(
            "subtract: expected numbers, got bool and bool; use Compare's logical functions",
            () -> BOOL.minus(BOOL)),
        misuse("sum: argument \"axes\": expected -2 to 1, got 2", () -> X.sum(2)),
        misuse("sum: argument \"axes\": expected each axis once, got [0, -2]", () -> X.sum(0, -2)),
        misuse(
            "max: expected at least one element to reduce, got shape [0, 3]",
            () -> Array.zeros(DType.FLOAT32, 0, 3).max(0)),
        misuse(
            "reshape: expected a shape of 6 elements for shape [2, 3], got [4, -1]",
            () -> X.reshape(4, -1)),
        misuse(
            "reshape: expected a shape of 6 elements for shape [2, 3], got [-1, -1]",
            () -> X.reshape(-1, -1)),
        misuse(
            "squeeze: argument \"axes\": expected axes of length 1 of shape [2, 3], got axis 1",
            () -> Reshape.squeeze(X, 1)),
        misuse(
            "broadcast_to: expected a shape that [2, 3] broadcasts to, got [3, 2]",
            () -> Reshape.broadcastTo(X, 3, 2)),
        misuse(
            "transpose: argument \"axes\": expected all 2 axes of shape [2, 3], got [0]",
            () -> X.transpose(0)),
        misuse("get: index 2 is out of bounds for axis 0 of shape [2, 3]", () -> X.get(2)),
        misuse(
            "get: expected at most 2 indices for shape [2, 3] and \"rest\" once, got "
                + "[At[place=0], At[place=0], At[place=0]]",
            () -> X.get(0, 0, 0)),
        misuse(
            "set: argument \"value\": expected a shape that broadcasts to [3], got [4, 5]",
            () -> Slice.set(X, Y, Index.at(0))),
        misuse(
            "slice: argument \"starts\": expected 2 numbers for shape [2, 3], got [0]",
            () -> Slice.slice(X, new int[1], new int[] {2, 3}, new int[] {1, 1})),
        misuse(
            "slice: argument \"limits\": expected 2 numbers for shape [2, 3], got [0, 0, 0]",
            () -> Slice.slice(X, new int[2], new int[3], new int[] {1, 1})),
        misuse(
            "slice: argument \"steps\": expected 2 numbers for shape [2, 3], got []",
            () -> Slice.slice(X, new int[2], new int[] {2, 3}, new int[0])),
        misuse(
            "dynamic_slice: expected a part that fits into shape [2, 3], got [3, 3]",
            () -> Slice.dynamicSlice(X, new int[] {0, 0}, 3, 3)),
        misuse(
            "dynamic_update_slice: argument \"update\": expected float32, got bool",
            () -> Slice.dynamicUpdateSlice(X, BOOL, 0, 0)),
        misuse(
            "take: argument \"indices\": expected integers, got float32",
            () -> Gather.take(X, X, 0)),
        misuse(
            "take: index -3 is out of bounds for axis 0 of shape [2, 3]",
            () -> Gather.take(X, Array.of(new int[] {-3}), 0)),
        misuse(
            "concatenate: expected equal shapes except on axis 0, got [[2, 3], [4, 5]]",
            () -> Concatenate.concatenate(List.of(X, Y), 0)),
        misuse(
            "split: expected a number of parts that divides axis 1 of shape [2, 3], got 2",
            () -> Concatenate.split(X, 2, 1)),
        misuse(
            "top_k: argument \"k\": expected 0 to 3 for shape [2, 3], got 4",
            () -> Sort.topK(X, 4)),
        misuse(
            "einsum \"ij,jk->ik\": label \"j\": expected length 3, got 4 in shapes [[2, 3], [4, 5]]",
            () -> Einsum.einsum("ij,jk->ik", X, Y)),
        misuse(
            "einsum \"ij,jk->ik\": expected 2 operands, got 1",
            () -> Einsum.einsum("ij,jk->ik", X)),
        misuse(
            "einsum \"ijk->i\": operand 0: expected 3 axes for \"ijk\", got shape [2, 3]",
            () -> Einsum.einsum("ijk->i", X)),
        misuse(
            "einsum \"ij->k\": label \"k\" of the result is in no operand",
            () -> Einsum.einsum("ij->k", X)),
        misuse(
            "einsum \"ij->ii\": label \"i\" occurs twice in the result",
            () -> Einsum.einsum("ij->ii", X)),
        misuse(
            "einsum \"i.->i\": expected letters and at most one ... in \"i.\"",
            () -> Einsum.einsum("i.->i", X)),
        misuse(
            "arange: argument \"step\": expected a number other than 0, got 0.0",
            () -> Creation.arange(0, 1, 0, DType.FLOAT32)));
  }

  private static Arguments misuse(String message, Executable call) {
    return Arguments.of(message, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misuses")
  void messages(String message, Executable call) {
    assertThatThrownBy(call::execute)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
