package dev.heddle.cli.demo;

import dev.heddle.array.Array;
import java.util.Arrays;
import java.util.List;

/** The attention weights of one head, L by L; each row adds up to 1. */
final class HeadWeights {
  /** The minimum mean weight for a description of the head's pattern. */
  private static final double MOSTLY = 0.5;

  private static final double OFTEN = 0.25;

  /** The smallest weight that rounds to one percent. */
  private static final double SEEN = 0.005;

  private final int length;
  private final double[] weights;

  private HeadWeights(int length, double[] weights) {
    this.length = length;
    this.weights = weights;
  }

  /**
   * The heads of a batch's first element.
   *
   * @param weights shape {@code [B, H, L, L]}
   */
  static HeadWeights[] of(Array weights) {
    int heads = weights.shape().dim(1);
    int length = weights.shape().dim(2);
    double[] all = weights.toDoubleArray();
    HeadWeights[] each = new HeadWeights[heads];
    for (int head = 0; head < heads; head++) {
      double[] own = new double[length * length];
      System.arraycopy(all, head * own.length, own, 0, own.length);
      each[head] = new HeadWeights(length, own);
    }
    return each;
  }

  /** The weight of a key for a query. */
  double weight(int from, int to) {
    return weights[from * length + to];
  }

  /** The weights of all keys for a query. */
  double[] row(int from) {
    return Arrays.copyOfRange(weights, from * length, (from + 1) * length);
  }

  /**
   * Describes what this head attends to, and its largest weight between two words.
   *
   * @param pieces the word pieces
   * @param arrow the text between the two words
   */
  String summary(List<String> pieces, String arrow) {
    String habit = habit(pieces);
    int[] link = strongestLink(pieces);
    if (link.length == 0) {
      return habit;
    }
    return "%s; strongest: %s %s %s %s"
        .formatted(
            habit,
            pieces.get(link[0]),
            arrow,
            pieces.get(link[1]),
            percent(weight(link[0], link[1])));
  }

  private String habit(List<String> pieces) {
    double before = atDistance(-1);
    double itself = atDistance(0);
    double after = atDistance(1);
    if (before > MOSTLY) {
      return "each piece attends to the one before it (" + percent(before) + ")";
    }
    if (after > MOSTLY) {
      return "each piece attends to the one after it (" + percent(after) + ")";
    }
    if (itself > MOSTLY) {
      return "each piece attends to itself (" + percent(itself) + ")";
    }
    int favourite = favourite();
    if (on(favourite) <= MOSTLY && justBefore() > MOSTLY) {
      return "attends to itself and the two before it (" + percent(justBefore()) + ")";
    }
    if (on(favourite) > OFTEN) {
      return "attends to " + pieces.get(favourite) + " (" + percent(on(favourite)) + ")";
    }
    return "attends to the whole sentence";
  }

  /** The key with the largest mean weight. */
  private int favourite() {
    int most = 0;
    for (int to = 1; to < length; to++) {
      most = on(to) > on(most) ? to : most;
    }
    return most;
  }

  /** The mean weight of a piece and the two before it. */
  private double justBefore() {
    double sum = 0;
    for (int from = 0; from < length; from++) {
      for (int to = Math.max(0, from - 2); to <= from; to++) {
        sum += weight(from, to);
      }
    }
    return sum / length;
  }

  /** The mean weight at a distance between key and query. */
  private double atDistance(int distance) {
    double sum = 0;
    int count = 0;
    for (int from = Math.max(0, -distance); from < length - Math.max(0, distance); from++) {
      sum += weight(from, from + distance);
      count++;
    }
    return count == 0 ? 0 : sum / count;
  }

  /** The mean weight of a key over all queries. */
  private double on(int to) {
    double sum = 0;
    for (int from = 0; from < length; from++) {
      sum += weight(from, to);
    }
    return sum / length;
  }

  /** Query and key of the largest weight between two different words; empty if there are none. */
  private int[] strongestLink(List<String> pieces) {
    int[] link = {};
    for (int from = 0; from < length; from++) {
      for (int to = 0; to < length; to++) {
        if (from != to
            && isWord(pieces.get(from))
            && isWord(pieces.get(to))
            && weight(from, to) > SEEN
            && (link.length == 0 || weight(from, to) > weight(link[0], link[1]))) {
          link = new int[] {from, to};
        }
      }
    }
    return link;
  }

  private static boolean isWord(String piece) {
    return piece.chars().anyMatch(Character::isLetter) && !piece.startsWith("[");
  }

  private static String percent(double weight) {
    return Math.round(100 * weight) + " %";
  }
}
