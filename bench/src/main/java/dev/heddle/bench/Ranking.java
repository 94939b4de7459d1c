package dev.heddle.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How Heddle stands in a row.
 *
 * @param row the row
 * @param peer the fastest of the others
 * @param ratio the peer's best time divided by Heddle's: above 1 Heddle is ahead
 */
record Ranking(Row row, String peer, double ratio) {
  private static final String HEDDLE = "heddle";

  /**
   * The standing in a row; empty where Heddle or every peer is missing.
   *
   * @param results of any rows
   */
  static Optional<Ranking> of(Row row, List<Result> results) {
    List<Result> here = results.stream().filter(result -> result.row() == row).toList();
    Optional<Result> heddle = heddle(here);
    Optional<Result> fastest =
        here.stream()
            .filter(result -> !result.engine().equals(HEDDLE))
            .min(Comparator.comparingDouble(Result::bestMs));
    return heddle.flatMap(ours ->
        fastest.map(peer -> new Ranking(row, peer.engine(), peer.bestMs() / ours.bestMs())));
  }

  /**
   * An engine's best time divided by Heddle's; empty where Heddle is missing.
   *
   * @param here all of the row
   */
  static Optional<Double> ratio(Result engine, List<Result> here) {
    return heddle(here).map(ours -> engine.bestMs() / ours.bestMs());
  }

  private static Optional<Result> heddle(List<Result> here) {
    return here.stream().filter(result -> result.engine().equals(HEDDLE)).findFirst();
  }

  /** For people. */
  String sentence() {
    return Text.format("%s, the fastest peer, takes %.2f times as long as Heddle", peer, ratio);
  }
}
