package dev.heddle.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Heddle's ranking in a row.
 *
 * @param row the row
 * @param peer the fastest peer
 * @param ratio the peer's best time divided by Heddle's; above 1, Heddle is faster
 */
record Ranking(Row row, String peer, double ratio) {
  private static final String HEDDLE = "heddle";

  /**
   * The ranking in a row; empty where Heddle or every peer is missing.
   *
   * @param results the results, of any rows
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
   * @param here all results of the row
   */
  static Optional<Double> ratio(Result engine, List<Result> here) {
    return heddle(here).map(ours -> engine.bestMs() / ours.bestMs());
  }

  private static Optional<Result> heddle(List<Result> here) {
    return here.stream().filter(result -> result.engine().equals(HEDDLE)).findFirst();
  }

  /** A sentence for reports. */
  String sentence() {
    return Text.format("%s, the fastest peer, takes %.2f times as long as Heddle", peer, ratio);
  }
}
