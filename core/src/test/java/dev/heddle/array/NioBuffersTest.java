package dev.heddle.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrays from and to NIO buffers and memory segments. */
class NioBuffersTest {

  @Test
  void theTypeOfABufferIsThatOfTheArray() {
    assertThat(Array.of(FloatBuffer.wrap(new float[] {1, 2}), 2, 1))
        .isEqualTo(Array.of(new float[] {1, 2}, 2, 1));
    assertThat(Array.of(DoubleBuffer.wrap(new double[] {1}))).isEqualTo(Array.of(new double[] {1}));
    assertThat(Array.of(IntBuffer.wrap(new int[] {-1}))).isEqualTo(Array.of(new int[] {-1}));
    assertThat(Array.of(LongBuffer.wrap(new long[] {Long.MIN_VALUE})))
        .isEqualTo(Array.of(new long[] {Long.MIN_VALUE}));
    assertThat(Array.of(ByteBuffer.wrap(new byte[] {-1})).item()).isEqualTo(255);
    assertThat(Array.of(IntBuffer.wrap(new int[] {-1}), DType.UINT32).item())
        .isEqualTo(4294967295.);
    assertThat(Array.of(ByteBuffer.wrap(new byte[] {2, 0}), DType.BOOL))
        .isEqualTo(Array.of(new boolean[] {true, false}));
    assertThat(Array.of(ShortBuffer.wrap(new short[] {0x3f80}), DType.BFLOAT16).item()).isOne();
    assertThat(Array.of(ShortBuffer.wrap(new short[] {0x3c00}), DType.FLOAT16).item()).isOne();
  }

  @Test
  void aBufferKeepsItsPositionAndItsByteOrderCounts() {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(16).order(ByteOrder.BIG_ENDIAN).asFloatBuffer().position(1);
    Array.of(new float[] {1, 2, 3}, 3, 1).copyTo(buffer);

    assertThat(buffer.remaining()).isEqualTo(3);
    assertThat(buffer.get(1)).isOne();
    assertThat(Array.of(buffer, 1, 3)).isEqualTo(Array.of(new float[] {1, 2, 3}, 1, 3));
  }

  @Test
  void aBufferTakesTheElementsInItsOwnType() {
    Array x = Array.of(new int[] {1, -2}, 1, 2);
    DoubleBuffer doubles = DoubleBuffer.allocate(2);
    LongBuffer longs = LongBuffer.allocate(2);
    IntBuffer ints = IntBuffer.allocate(2);
    ByteBuffer bytes = ByteBuffer.allocate(8);
    ShortBuffer halves = ShortBuffer.allocate(2);
    for (Buffer each : List.of(doubles, longs, ints, bytes)) {
      x.copyTo(each);
    }
    x.astype(DType.BFLOAT16).copyTo(halves);

    assertThat(doubles.array()).containsExactly(1, -2);
    assertThat(longs.array()).containsExactly(1, -2);
    assertThat(ints.array()).containsExactly(1, -2);
    assertThat(bytes.array()).isEqualTo(x.toBytes());
    assertThat(halves.array()).containsExactly((short) 0x3f80, (short) 0xc000);
  }

  @Test
  void aBufferThatDoesNotFitIsAnError() {
    Array x = Array.of(new float[] {1, 2});
    assertThatThrownBy(() -> x.copyTo(FloatBuffer.allocate(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("buffer: expected room for 2 elements of float32[2], got 3");
    assertThatThrownBy(() -> x.copyTo(ByteBuffer.allocate(2)))
        .hasMessage("buffer: expected room for 8 bytes of float32[2], got 2");
    assertThatThrownBy(() -> x.copyTo(ShortBuffer.allocate(2)))
        .hasMessageStartingWith("buffer: expected one of the elements that float32 is stored in");
    assertThatThrownBy(() -> Array.of(FloatBuffer.allocate(2), DType.INT32))
        .hasMessageStartingWith("buffer: expected one of the elements that int32 is stored in");
    assertThatThrownBy(() -> Array.of(CharBuffer.allocate(2)))
        .hasMessageStartingWith("buffer: expected one of floats, doubles, ints, longs or bytes");
    assertThatThrownBy(() -> Array.of(FloatBuffer.allocate(2), 3))
        .hasMessage("values: expected 3 for shape [3], got 2");
  }

  @ParameterizedTest
  @EnumSource
  void aSegmentHoldsEveryType(DType dtype) {
    Array x = Array.of(new int[] {0, 1, 1, 0, 1, 0}, 2, 3).astype(dtype);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(6L * dtype.itemSize());
      x.copyTo(segment);
      assertThat(Array.of(segment, dtype, 2, 3)).isEqualTo(x);
    }
  }
}
