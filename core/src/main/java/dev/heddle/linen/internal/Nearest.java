package dev.heddle.linen.internal;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The known name that a misspelt one is probably meant to be. */
public final class Nearest {
  private static final int SHORTEST = 3;
  private static final int MOST = 3;

  private Nearest() {}

  /** A question to end a message with, or nothing where no known name is near. */
  public static String suggestion(String given, Collection<String> known) {
    String nearest = "";
    int least = Math.max(2, given.length() / 3) + 1; // farther is another word
    for (String name : known) {
      int distance = distance(given, name);
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    List<String> near = nearest.isEmpty() ? containing(given, known) : List.of(nearest);
    return near.isEmpty()
        ? ""
        : near.stream()
            .map(name -> "\"" + name + "\"")
            .collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }

  /** Names of which a word, or the beginning of one, is given: {@code xavier}. */
  private static List<String> containing(String given, Collection<String> known) {
    return given.length() < SHORTEST
        ? List.of()
        : known.stream().filter(name -> ("_" + name).contains("_" + given)).limit(MOST).toList();
  }

  /** Letters to insert, remove or replace to make one word of the other (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
