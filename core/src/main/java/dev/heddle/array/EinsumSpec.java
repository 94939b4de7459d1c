package dev.heddle.array;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A parsed einsum spec. Labels are letters, and {@code .1}, {@code .2}, ... for the axes of an
 * ellipsis, counted from the last.
 *
 * @param operands the labels of each operand's axes
 * @param result the labels of the result's axes
 * @param lengths the axis length of each label
 */
record EinsumSpec(List<List<String>> operands, List<String> result, Map<String, Integer> lengths) {

  private static final String ELLIPSIS = "...";

  static EinsumSpec parse(String spec, List<Shape> shapes) {
    String text = spec.replace(" ", "");
    int arrow = text.indexOf("->");
    String[] terms = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
    if (terms.length != shapes.size() || shapes.isEmpty()) {
      throw wrong(spec, "expected " + terms.length + " operands, got " + shapes.size());
    }
    List<List<String>> operands = new ArrayList<>();
    Map<String, Integer> lengths = new HashMap<>();
    int ellipsis = 0;
    for (int i = 0; i < terms.length; i++) {
      Shape shape = shapes.get(i);
      int letters = letters(spec, terms[i]);
      boolean open = terms[i].contains(ELLIPSIS);
      if (open ? letters > shape.rank() : letters != shape.rank()) {
        throw wrong(
            spec,
            "operand "
                + i
                + ": expected "
                + letters
                + (open ? " or more" : "")
                + " axes for \""
                + terms[i]
                + "\", got shape "
                + shape);
      }
      ellipsis = Math.max(ellipsis, open ? shape.rank() - letters : 0);
      List<String> labels = labels(terms[i], shape.rank() - letters);
      bind(spec, labels, shapes, i, lengths);
      operands.add(labels);
    }
    List<String> result =
        arrow < 0
            ? implied(operands, ellipsis)
            : explicit(spec, text.substring(arrow + 2), ellipsis, lengths);
    return new EinsumSpec(List.copyOf(operands), result, Map.copyOf(lengths));
  }

  /** The number of letters in a term. */
  private static int letters(String spec, String term) {
    String rest = term;
    int dots = term.indexOf(ELLIPSIS);
    if (dots >= 0) {
      rest = term.substring(0, dots) + term.substring(dots + ELLIPSIS.length());
    }
    for (int i = 0; i < rest.length(); i++) {
      char letter = rest.charAt(i);
      if (!(letter >= 'a' && letter <= 'z') && !(letter >= 'A' && letter <= 'Z')) {
        throw wrong(spec, "expected letters and at most one ... in \"" + term + "\"");
      }
    }
    return rest.length();
  }

  private static List<String> labels(String term, int hidden) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < term.length(); i++) {
      if (term.startsWith(ELLIPSIS, i)) {
        for (int axis = hidden; axis > 0; axis--) {
          labels.add("." + axis);
        }
        i += ELLIPSIS.length() - 1;
      } else {
        labels.add(term.substring(i, i + 1));
      }
    }
    return List.copyOf(labels);
  }

  private static void bind(
      String spec,
      List<String> labels,
      List<Shape> shapes,
      int operand,
      Map<String, Integer> lengths) {
    Shape shape = shapes.get(operand);
    for (int axis = 0; axis < labels.size(); axis++) {
      String label = labels.get(axis);
      int length = shape.dim(axis);
      int known = lengths.getOrDefault(label, 1);
      if (known != 1 && length != 1 && known != length) {
        throw wrong(
            spec,
            (label.startsWith(".") ? "axes of ..." : "label \"" + label + "\"")
                + ": expected length "
                + known
                + ", got "
                + length
                + " in shapes "
                + shapes.subList(0, operand + 1));
      }
      lengths.put(label, known == 1 ? length : known);
    }
  }

  private static List<String> implied(List<List<String>> operands, int ellipsis) {
    TreeMap<String, Integer> counts = new TreeMap<>();
    operands.forEach(labels -> labels.forEach(label -> counts.merge(label, 1, Integer::sum)));
    List<String> result = new ArrayList<>(labels(ELLIPSIS, ellipsis));
    counts.forEach((label, count) -> {
      if (count == 1 && !label.startsWith(".")) {
        result.add(label);
      }
    });
    return List.copyOf(result);
  }

  private static List<String> explicit(
      String spec, String term, int ellipsis, Map<String, Integer> lengths) {
    letters(spec, term);
    List<String> result = labels(term, ellipsis);
    for (String label : result) {
      if (!lengths.containsKey(label)) {
        throw wrong(spec, "label \"" + label + "\" of the result is in no operand");
      }
      if (result.indexOf(label) != result.lastIndexOf(label)) {
        throw wrong(spec, "label \"" + label + "\" occurs twice in the result");
      }
    }
    return result;
  }

  private static IllegalArgumentException wrong(String spec, String what) {
    return new IllegalArgumentException("einsum \"" + spec + "\": " + what);
  }
}
