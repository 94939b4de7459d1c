package dev.heddle.array.op;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Shape;
import dev.heddle.array.storage.MaskPattern;
import dev.heddle.array.storage.Storage;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.StridedView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mask says about the scores, taken apart: whether it is causal, and flags of which all must
 * be set, each of an array or of a rule. A rule's elements are made a tile at a time, unless there
 * are so few that making them once is cheaper.
 */
final class MaskParts {
  /** Elements up to which a function of queries and keys is computed once. */
  private static final long FEW_COMPUTED = 1 << 20;

  /** Elements up to which numbers that several heads share are drawn once. */
  private static final long FEW_DRAWN = 1 << 22;

  private static final MaskParts NONE = new MaskParts(Shape.SCALAR);

  private final Shape scores;
  private final List<Part> parts = new ArrayList<>(2);
  private boolean causal;

  private MaskParts(Shape scores) {
    this.scores = scores;
  }

  /** Of a mask that broadcasts to the scores, taken apart; none for null. */
  static MaskParts ofMask(@Nullable Array mask, Shape scores) {
    if (mask == null) {
      return NONE;
    }
    MaskParts flags = new MaskParts(scores);
    flags.addMask(mask);
    return flags;
  }

  /** Of the weights that dropout keeps, as they are; none for null. */
  static MaskParts ofKeep(@Nullable Array keep, Shape scores) {
    if (keep == null) {
      return NONE;
    }
    MaskParts flags = new MaskParts(scores);
    flags.addFlags(keep, true); // all kept is not the same as no dropout: what is kept is scaled
    return flags;
  }

  /** Whether keys past a query's own position are masked. */
  boolean isCausal() {
    return causal;
  }

  /** The flags of one head of one batch element; null for all set. */
  @Nullable ScoreMask of(int unit) {
    ScoreMask all = null;
    for (Part part : parts) {
      ScoreMask flags = part.of(unit);
      all = all == null ? flags : new ScoreMask.Both(all, flags);
    }
    return all;
  }

  /** The flags of each head. */
  private interface Part {
    ScoreMask of(int unit);
  }

  private void addMask(Array mask) {
    if (isOfEachPair(mask) && mask.isCausal()) {
      causal = true;
    } else if (mask.pattern() instanceof MaskPattern.All(List<Array> masks)) {
      masks.forEach(this::addMask);
    } else {
      addFlags(mask, false);
    }
  }

  private void addFlags(Array mask, boolean evenAllSet) {
    switch (mask.pattern()) {
      case MaskPattern.Pairwise p when isMade(mask, FEW_COMPUTED) ->
          parts.add(new Computed(p, mask.dtype(), offsets(p.query()), offsets(p.key())));
      case MaskPattern.Drawn(var flags)
          when isMade(mask, mask.shape().count() == scores.count() ? 0 : FEW_DRAWN) ->
          parts.add(new Drawn(flags, offsets(mask)));
      case null, default -> {
        Stored stored = new Stored(flags(mask), offsets(mask));
        if (evenAllSet || !stored.isFewAndAllSet()) {
          parts.add(stored);
        }
      }
    }
  }

  private boolean isOfEachPair(Array mask) {
    return mask.rank() >= 2
        && mask.shape().dim(-1) == scores.dim(-1)
        && mask.shape().dim(-2) == scores.dim(-2);
  }

  private boolean isMade(Array mask, long few) {
    return isOfEachPair(mask) && !mask.isRead() && mask.shape().count() > few;
  }

  private HeadOffsets offsets(Array array) {
    return HeadOffsets.of(array.shape(), scores);
  }

  /** 1 where an element is not zero; a NaN is not. Flags have no derivative. */
  private static byte[] flags(Array array) {
    Array bool = array.untraced().convertedTo(DType.BOOL);
    if (bool.storage() instanceof Storage.Bool(byte[] values)) {
      return values;
    }
    return ((Storage.Bool) bool.storage().to(DType.BOOL)).values();
  }

  private record Stored(byte[] flags, HeadOffsets offsets) implements Part {
    /** Whether all are set, where that is quickly seen: of queries or keys alone. */
    boolean isFewAndAllSet() {
      int unset = 0;
      if (offsets.queryStride() == 0 || offsets.keyStride() == 0) {
        for (byte flag : flags) {
          unset |= flag ^ 1;
        }
        return unset == 0;
      }
      return false;
    }

    @Override
    public ScoreMask of(int unit) {
      return new ScoreMask.Stored(
          new StridedView<>(
              flags, (int) offsets.at(unit), (int) offsets.queryStride(), offsets.keyStride()));
    }
  }

  private record Computed(
      MaskPattern.Pairwise pattern, DType dtype, HeadOffsets ofQuery, HeadOffsets ofKey)
      implements Part {
    @Override
    public ScoreMask of(int unit) {
      return new ComputedFlags(pattern, dtype, (int) ofQuery.at(unit), (int) ofKey.at(unit));
    }
  }

  private record Drawn(MaskPattern.Counted flags, HeadOffsets offsets) implements Part {
    @Override
    public ScoreMask of(int unit) {
      return new DrawnFlags(flags, offsets.at(unit), offsets.queryStride());
    }
  }
}
