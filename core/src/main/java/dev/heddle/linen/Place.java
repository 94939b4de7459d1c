package dev.heddle.linen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A module's place in the tree during one init or apply: its path, and how often each random stream
 * was drawn from there. It outlives the calls made at it, so the counts go on from call to call.
 */
final class Place {
  private final @Nullable Place parent;
  private final List<String> names;
  private final Map<String, Place> children = new HashMap<>();
  private final Map<String, Integer> draws = new HashMap<>();

  private Place(@Nullable Place parent, List<String> names) {
    this.parent = parent;
    this.names = names;
  }

  static Place root() {
    return new Place(null, List.of());
  }

  /** The place of a submodule, the same one each time. */
  Place child(String name) {
    return children.computeIfAbsent(
        name,
        key -> {
          List<String> longer = new ArrayList<>(names);
          longer.add(key);
          return new Place(this, List.copyOf(longer));
        });
  }

  boolean isChildOf(Place other) {
    return parent == other;
  }

  /** The names from the root on; none for the root. */
  List<String> names() {
    return names;
  }

  /** The last name; null for the root. */
  @Nullable String name() {
    return names.isEmpty() ? null : names.getLast();
  }

  /** The path as messages show it: {@code /}, {@code /query}. */
  String path() {
    return "/" + String.join("/", names);
  }

  /** The path of a variable here: collection, names, its own name. */
  List<String> variable(String collection, String name) {
    List<String> path = new ArrayList<>(names.size() + 2);
    path.add(collection);
    path.addAll(names);
    path.add(name);
    return path;
  }

  /** The number of the next draw from a stream, from 1. */
  int nextDraw(String stream) {
    return draws.merge(stream, 1, Integer::sum);
  }
}
