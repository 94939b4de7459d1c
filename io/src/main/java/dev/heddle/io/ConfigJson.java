package dev.heddle.io;

import dev.heddle.linen.attention.AttentionBuilder;
import dev.heddle.linen.attention.MultiHeadDotProductAttention;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * An attention module's configuration as JSON: Flax's constructor arguments by Flax's names.
 *
 * <pre>{@code
 * var attention = ConfigJson.read("""
 *     {"num_heads": 8, "dtype": "bfloat16", "kernel_init": "xavier_uniform",
 *      "bias_init": {"name": "normal", "stddev": 1e-6}, "precision": ["default", "highest"]}""");
 * ConfigJson.write(attention); // JSON again
 * }</pre>
 *
 * <p>{@code null} is Python's {@code None}. Arguments that are functions in Flax ({@code
 * attention_fn}, the contractions) cannot be expressed in JSON: set them on {@code
 * attention.toBuilder()}.
 */
public final class ConfigJson {
  /** The maximum size of a configuration, in bytes. */
  private static final int MAX_BYTES = 1 << 20;

  /** An argument's name in Java, with the name of the key. */
  private static final Pattern JAVA_NAME = Pattern.compile("\"\\w+\" \\((\\w+)\\)");

  private ConfigJson() {}

  /**
   * The module of a configuration file, UTF-8.
   *
   * @throws CheckpointException if the file cannot be opened, is not strict JSON ({@code NaN} and
   *     {@code Infinity} are accepted, as Python writes them), has an unknown or duplicate key, or
   *     an invalid value; the message names the file, the key and the position
   * @throws IOException if reading fails
   */
  public static MultiHeadDotProductAttention read(Path file) throws IOException {
    FileLocation place = FileLocation.of(file);
    byte[] bytes;
    try (InputStream in = place.stream()) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw place.error("expected a configuration of at most " + MAX_BYTES + " bytes");
    }
    return module(place, Json.parse(file, bytes));
  }

  /**
   * The module of a configuration.
   *
   * @throws IllegalArgumentException as {@link #read(Path)} throws; the message begins with {@code
   *     configuration}
   */
  public static MultiHeadDotProductAttention read(String json) {
    Path file = Path.of("configuration");
    try {
      return module(FileLocation.of(file), Json.parse(file, json));
    } catch (CheckpointException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static MultiHeadDotProductAttention module(FileLocation place, Json json)
      throws CheckpointException {
    if (!(json instanceof Json.Members members)) {
      throw place.error("expected an object, got " + json.shown() + json.position());
    }
    AttentionBuilder builder = MultiHeadDotProductAttention.builder();
    for (var member : members.values().entrySet()) {
      ConfigKey key = ConfigKey.of(place, member.getKey(), member.getValue());
      key.set(builder, new ConfigValue(place, key.jsonName(), member.getValue()));
    }
    String needed = ConfigKey.NUM_HEADS.jsonName();
    if (!members.values().containsKey(needed)) {
      throw place.error("the key \"" + needed + "\" is missing");
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw place.error(JAVA_NAME.matcher(message).replaceAll("\"$1\""), e);
    }
  }

  /**
   * The configuration of a module, on one line: the number of heads and the arguments that differ
   * from Flax's defaults, in Flax's order.
   *
   * @throws IllegalArgumentException if an argument is a user-defined function, which JSON cannot
   *     hold; the message names it
   */
  public static String write(MultiHeadDotProductAttention attention) {
    return ConfigText.of(attention);
  }
}
