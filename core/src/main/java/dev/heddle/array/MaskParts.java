package dev.heddle.array;

import dev.heddle.kernel.Band;
import dev.heddle.kernel.IndexedFlags;
import dev.heddle.kernel.ScoreMask;
import dev.heddle.kernel.StridedView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mask decomposed into a band and flags that must all be set, each from an array or a pattern. A
 * pattern's flags are computed tile by tile, unless there are so few that computing them once is
 * cheaper.
 */
final class MaskParts {
  /** The most elements for which a function of queries and keys is computed once. */
  private static final long MAX_COMPUTED_ONCE = 1 << 20;

  /** The most elements for which flags that several heads share are drawn once. */
  private static final long MAX_DRAWN_ONCE = 1 << 22;

  private static final MaskParts NONE = new MaskParts(Shape.SCALAR);

  private final Shape scores;
  private final List<Part> parts = new ArrayList<>(2);
  private Band band = Band.ALL;

  private MaskParts(Shape scores) {
    this.scores = scores;
  }

  /** The parts of a mask that broadcasts to the scores; no parts for null. */
  static MaskParts ofMask(@Nullable Array mask, Shape scores) {
    if (mask == null) {
      return NONE;
    }
    MaskParts flags = new MaskParts(scores);
    flags.addMask(mask);
    return flags;
  }

  /** The part of dropout's keep mask; no parts for null. */
  static MaskParts ofKeep(@Nullable Array keep, Shape scores) {
    if (keep == null) {
      return NONE;
    }
    MaskParts flags = new MaskParts(scores);
    flags.addFlags(keep, true); // even if all are set, since dropout scales the weights
    return flags;
  }

  /** The diagonals that are not masked. */
  Band band() {
    return band;
  }

  /** The flags of one head of one batch element; null if all are set. */
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
    Band ofMask = coversEachPair(mask) ? mask.band() : null;
    if (ofMask != null) {
      band = band.and(ofMask);
    } else if (mask.pattern() instanceof MaskPattern.All(List<Array> masks)) {
      masks.forEach(this::addMask);
    } else {
      addFlags(mask, false);
    }
  }

  private void addFlags(Array mask, boolean evenIfAllSet) {
    switch (mask.pattern()) {
      case MaskPattern.Pairwise p when isTiled(mask, MAX_COMPUTED_ONCE) ->
          parts.add(new Computed(p, mask.dtype(), offsets(p.query()), offsets(p.key())));
      case MaskPattern.Drawn(var flags)
          when isTiled(mask, mask.shape().count() == scores.count() ? 0 : MAX_DRAWN_ONCE) ->
          parts.add(new Drawn(flags, offsets(mask)));
      case null, default -> {
        Stored stored = new Stored(flags(mask), offsets(mask));
        if (evenIfAllSet || !stored.isFewAndAllSet()) {
          parts.add(stored);
        }
      }
    }
  }

  private boolean coversEachPair(Array mask) {
    return mask.rank() >= 2
        && mask.shape().dim(-1) == scores.dim(-1)
        && mask.shape().dim(-2) == scores.dim(-2);
  }

  private boolean isTiled(Array mask, long maxOnce) {
    return coversEachPair(mask) && !mask.isRead() && mask.shape().count() > maxOnce;
  }

  private HeadOffsets offsets(Array array) {
    return HeadOffsets.of(array.shape(), scores);
  }

  /** 1 where an element is not zero, which includes NaN. Flags have no derivative. */
  private static byte[] flags(Array array) {
    Array bool = array.untraced().convertedTo(DType.BOOL);
    if (bool.storage() instanceof Storage.Bool(byte[] values)) {
      return values;
    }
    return ((Storage.Bool) bool.storage().to(DType.BOOL)).values();
  }

  private record Stored(byte[] flags, HeadOffsets offsets) implements Part {
    /** Whether all are set, checked only for flags of queries or keys alone. */
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

  private record Drawn(IndexedFlags flags, HeadOffsets offsets) implements Part {
    @Override
    public ScoreMask of(int unit) {
      return new DrawnFlags(flags, offsets.at(unit), offsets.queryStride());
    }
  }
}
