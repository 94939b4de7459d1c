package dev.heddle.random;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The golden files: numbers drawn by JAX and Flax, written by {@code make_golden.py} in the same
 * directory.
 */
public final class GoldenDraws {
  private static final Pattern ARGUMENT =
      Pattern.compile("\"(\\w+)\":(?:\"(\\w+)\"|\\[([-\\d,]*)]|([-+.\\de]+))");

  private GoldenDraws() {}

  /**
   * One draw.
   *
   * @param key the key
   * @param x64 whether x64 was enabled
   * @param function the name in jax.random, or of an initializer after "init:"
   * @param args its arguments: numbers, strings, lists of integers
   * @param shape the lengths of the axes
   * @param dtype NumPy's name
   * @param bytes the values, little-endian
   */
  public record Draw(
      Key key,
      boolean x64,
      String function,
      Map<String, Object> args,
      int[] shape,
      String dtype,
      byte[] bytes) {
    /** A number among the arguments. */
    public double number(String name) {
      return ((Number) args.get(name)).doubleValue();
    }

    @Override
    public String toString() {
      return key + " " + function + args + " " + dtype + Arrays.toString(shape);
    }
  }

  /** All draws of both eras. */
  public static Stream<Draw> all() {
    return Stream.of(Era.values()).flatMap(GoldenDraws::of);
  }

  private static Stream<Draw> of(Era era) {
    String file = era.name().toLowerCase(Locale.ROOT) + ".txt";
    try (InputStream in = GoldenDraws.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> draw(era, line.split(" ")));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  private static Draw draw(Era era, String[] parts) {
    boolean x64 = parts[1].equals("1");
    Key key = Key.of(Long.parseLong(parts[2]), x64).era(era).partitionable(parts[0].equals("1"));
    int[] shape =
        parts[5].equals("-")
            ? new int[0]
            : Arrays.stream(parts[5].split(",")).mapToInt(Integer::parseInt).toArray();
    byte[] bytes = parts[7].equals("-") ? new byte[0] : HexFormat.of().parseHex(parts[7]);
    return new Draw(key, x64, parts[3], arguments(parts[4]), shape, parts[6], bytes);
  }

  private static Map<String, Object> arguments(String json) {
    Map<String, Object> args = new LinkedHashMap<>();
    Matcher found = ARGUMENT.matcher(json);
    while (found.find()) {
      Object value =
          found.group(2) != null
              ? found.group(2)
              : found.group(3) != null ? integers(found.group(3)) : Double.valueOf(found.group(4));
      args.put(found.group(1), value);
    }
    return args;
  }

  private static List<Integer> integers(String list) {
    List<Integer> integers = new ArrayList<>();
    for (String each : list.split(",")) {
      integers.add(Integer.valueOf(each));
    }
    return integers;
  }
}
