package dev.heddle.simd;

import static dev.heddle.simd.SimdAttention.BLOCK;
import static dev.heddle.simd.Species.F;
import static dev.heddle.simd.Species.LANES;

import dev.heddle.kernel.Band;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.StridedView;
import dev.heddle.kernel.Tiles;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The flags of a tile as bits: a word for each key, in which bit i is the flag of query i of the
 * block. Masks are combined by a bitwise and, a fully masked tile is detected quickly, and a word
 * converts to the mask of a vector of queries.
 */
final class TileMasks {
  private static final VectorSpecies<Integer> I = F.withLanes(int.class);

  private static final VectorSpecies<Byte> B = F.withLanes(byte.class);

  /** Bit i is set in lane i. */
  private static final IntVector BIT_OF_LANE =
      IntVector.broadcast(I, 1).lanewise(VectorOperators.LSHL, IntVector.zero(I).addIndex(1));

  private final byte[] flags = new byte[BLOCK * Tiles.TILE];
  private final byte[] octets = new byte[BLOCK / 8 * Tiles.TILE];
  private final long[] bits = new long[Tiles.TILE];
  private boolean allVisible;

  /**
   * Reads which keys of a tile are visible to the queries of a block.
   *
   * @param mask the flags, or null for all
   * @param band the diagonals that are not masked
   * @return whether any key is visible to any query
   */
  boolean read(@Nullable ScoreMask mask, Band band, int first, int count, int start, int length) {
    boolean isInside =
        band.lower() <= start - (first + count - 1L)
            && start + length - 1L - first <= band.upper(); // all pairs of the tile
    if (mask == null) {
      if (isInside) {
        allVisible = true;
        return true;
      }
      Arrays.fill(bits, 0, length, -1L);
    } else {
      readFlags(mask, first, count, start, length);
    }
    if (!isInside) {
      restrict(band, first, start, length);
    }
    long used = -1L >>> (BLOCK - count);
    long any = 0;
    long every = -1;
    for (int j = 0; j < length; j++) {
      any |= bits[j];
      every &= bits[j];
    }
    allVisible = (every & used) == used;
    return (any & used) != 0;
  }

  private void readFlags(ScoreMask mask, int first, int count, int start, int length) {
    Arrays.fill(bits, 0, length, -1L);
    restrict(mask, first, count, start, length);
  }

  private void restrict(ScoreMask mask, int first, int count, int start, int length) {
    if (mask instanceof ScoreMask.Both(ScoreMask one, ScoreMask other)) {
      restrict(one, first, count, start, length);
      restrict(other, first, count, start, length);
    } else if (mask.sameForAllQueries()) {
      Arrays.fill(flags, 0, length, (byte) 1);
      mask.restrict(first, 1, start, length, flags);
      for (int j = 0; j < length; j++) {
        bits[j] &= -flags[j];
      }
    } else if (mask instanceof ScoreMask.Stored(StridedView<byte[]> grid)
        && grid.keyStride() == 0) {
      restrictQueries(grid, first, count, length);
    } else {
      Arrays.fill(flags, 0, count * Tiles.TILE, (byte) 1);
      Arrays.fill(flags, count * Tiles.TILE, flags.length, (byte) 0);
      mask.restrict(first, count, start, length, flags);
      gather(length);
    }
  }

  private void restrictQueries(StridedView<byte[]> grid, int first, int count, int length) {
    long word = 0;
    for (int i = 0; i < count; i++) {
      long flag = grid.data()[grid.offset() + (first + i) * grid.queryStride()];
      word |= flag << i;
    }
    for (int j = 0; j < length; j++) {
      bits[j] &= word;
    }
  }

  /**
   * Collects the flags of the queries into the words of their keys: the flags of eight queries
   * become a byte for each key, and eight bytes a word. Unrolled in one method, so that it is too
   * long to be inlined.
   */
  private void gather(int length) {
    byte[] own = octets;
    for (int octet = 0; octet < BLOCK / 8; octet++) {
      for (int j = 0; j < Tiles.TILE; j += B.length()) {
        int at = octet * 8 * Tiles.TILE + j;
        ByteVector f0 = ByteVector.fromArray(B, flags, at);
        ByteVector f1 = ByteVector.fromArray(B, flags, at + Tiles.TILE);
        ByteVector f2 = ByteVector.fromArray(B, flags, at + 2 * Tiles.TILE);
        ByteVector f3 = ByteVector.fromArray(B, flags, at + 3 * Tiles.TILE);
        ByteVector f4 = ByteVector.fromArray(B, flags, at + 4 * Tiles.TILE);
        ByteVector f5 = ByteVector.fromArray(B, flags, at + 5 * Tiles.TILE);
        ByteVector f6 = ByteVector.fromArray(B, flags, at + 6 * Tiles.TILE);
        ByteVector f7 = ByteVector.fromArray(B, flags, at + 7 * Tiles.TILE);
        f7 = f7.add(f7).or(f6);
        f7 = f7.add(f7).or(f5);
        f7 = f7.add(f7).or(f4);
        f7 = f7.add(f7).or(f3);
        f7 = f7.add(f7).or(f2);
        f7 = f7.add(f7).or(f1);
        f7 = f7.add(f7).or(f0);
        f7.intoArray(own, octet * Tiles.TILE + j);
      }
    }
    for (int j = 0; j < length; j++) {
      long word = 0;
      for (int octet = BLOCK / 8 - 1; octet >= 0; octet--) {
        word = word << 8 | (own[octet * Tiles.TILE + j] & 0xff);
      }
      bits[j] &= word;
    }
  }

  /** Masks key {@code start + j} for query {@code first + i} outside the band. */
  private void restrict(Band band, int first, int start, int length) {
    for (int j = 0; j < length; j++) {
      long distance = (long) start + j - first;
      long from = Math.max(0, distance - band.upper()); // the first query that sees the key
      long to = Math.min(BLOCK - 1, distance - band.lower()); // and the last one
      bits[j] &= from <= to ? (-1L << from) & (-1L >>> (BLOCK - 1 - to)) : 0;
    }
  }

  /**
   * Replaces masked scores by a number, for a range of keys of the tile.
   *
   * @param scores {@code [keys, BLOCK]}, those of key {@code from} at {@code offset}
   */
  void mask(float[] scores, int offset, int from, int to, float masked) {
    if (!allVisible) {
      apply(false, scores, offset, from, to, masked);
    }
  }

  /** Reads which weights of a tile are kept by dropout. */
  void readKeep(ScoreMask keep, int first, int count, int start, int length) {
    readFlags(keep, first, count, start, length);
  }

  /**
   * Multiplies the weights of a range of keys by a number if they are kept, otherwise by 0.
   *
   * @param weights {@code [keys, BLOCK]}, those of key {@code from} at {@code offset}
   */
  void drop(float[] weights, int offset, int from, int to, float multiplier) {
    apply(true, weights, offset, from, to, multiplier);
  }

  /**
   * {@link #mask} and {@link #drop} in one method, so that it is too long to be inlined.
   *
   * @param drops whether to multiply by {@code number} or 0, instead of replacing
   */
  private void apply(boolean drops, float[] values, int offset, int from, int to, float number) {
    FloatVector zero = FloatVector.zero(F);
    FloatVector operand = FloatVector.broadcast(F, number);
    for (int j = from; j < to; j++) {
      long word = bits[j];
      int row = offset + (j - from) * BLOCK;
      for (int lane = 0; drops && lane < BLOCK; lane += 2 * LANES) {
        IntVector w0 = IntVector.broadcast(I, (int) (word >>> lane)).and(BIT_OF_LANE);
        IntVector w1 = IntVector.broadcast(I, (int) (word >>> (lane + LANES))).and(BIT_OF_LANE);
        VectorMask<Float> m0 = w0.compare(VectorOperators.NE, 0).cast(F);
        VectorMask<Float> m1 = w1.compare(VectorOperators.NE, 0).cast(F);
        FloatVector x0 = FloatVector.fromArray(F, values, row + lane);
        FloatVector x1 = FloatVector.fromArray(F, values, row + lane + LANES);
        x0.mul(zero.blend(operand, m0)).intoArray(values, row + lane);
        x1.mul(zero.blend(operand, m1)).intoArray(values, row + lane + LANES);
      }
      for (int lane = 0; !drops && word != -1 && lane < BLOCK; lane += 2 * LANES) {
        IntVector w0 = IntVector.broadcast(I, (int) (word >>> lane)).and(BIT_OF_LANE);
        IntVector w1 = IntVector.broadcast(I, (int) (word >>> (lane + LANES))).and(BIT_OF_LANE);
        VectorMask<Float> m0 = w0.compare(VectorOperators.NE, 0).cast(F);
        VectorMask<Float> m1 = w1.compare(VectorOperators.NE, 0).cast(F);
        FloatVector x0 = FloatVector.fromArray(F, values, row + lane);
        FloatVector x1 = FloatVector.fromArray(F, values, row + lane + LANES);
        operand.blend(x0, m0).intoArray(values, row + lane);
        operand.blend(x1, m1).intoArray(values, row + lane + LANES);
      }
    }
  }
}
