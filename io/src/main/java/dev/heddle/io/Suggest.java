package dev.heddle.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Suggests known names similar to an unknown one: those within a small Damerau-Levenshtein
 * distance; if there are none, those with a word that begins with the unknown name, such as {@code
 * num_heads} for {@code heads}.
 *
 * <pre>{@code
 * Suggest.near("nun_heads", List.of("num_heads", "dtype")); // [num_heads]
 * }</pre>
 */
public final class Suggest {
  private static final int MAX_NAMES = 3;
  private static final int MAX_LENGTH = 200;
  private static final int SHORTEST_WORD = 3;

  private Suggest() {}

  /**
   * The known names most similar to an unknown one, nearest first, at most three.
   *
   * @param given the unknown name
   * @param known the known names
   */
  public static List<String> near(String given, Collection<String> known) {
    if (given.length() > MAX_LENGTH) {
      return List.of();
    }
    List<String> slips = slips(given, known);
    return slips.isEmpty() && given.length() >= SHORTEST_WORD
        ? known.stream()
            .filter(name -> ("_" + name).contains("_" + given))
            .sorted(Comparator.comparing(name -> !name.startsWith(given)))
            .limit(MAX_NAMES)
            .toList()
        : slips;
  }

  private static List<String> slips(String given, Collection<String> known) {
    record Candidate(String name, int distance) {}
    return known.stream()
        .filter(name -> name.length() <= MAX_LENGTH)
        .filter(name -> Math.abs(name.length() - given.length()) <= allowed(given, name))
        .map(name -> new Candidate(name, distance(given, name)))
        .filter(candidate -> candidate.distance <= allowed(given, candidate.name))
        .sorted(Comparator.comparingInt(Candidate::distance))
        .limit(MAX_NAMES)
        .map(Candidate::name)
        .toList();
  }

  /**
   * The end of an error message: {@code ; did you mean "num_heads"?}, or empty where no known name
   * is similar.
   *
   * @param given the unknown name
   * @param known the known names
   */
  public static String hint(String given, Collection<String> known) {
    List<String> near = near(given, known);
    return near.isEmpty()
        ? ""
        : near.stream()
            .map(name -> "\"" + name + "\"")
            .collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }

  private static int allowed(String given, String name) {
    return Math.max(1, Math.max(given.length(), name.length()) / 3);
  }

  /** The Damerau-Levenshtein distance: insertions, deletions, substitutions and swaps. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
