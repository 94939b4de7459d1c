package dev.heddle.linen;

import dev.heddle.random.Era;
import dev.heddle.random.Key;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The random streams of a call, by name: Flax's {@code rngs}. An immutable value.
 *
 * <pre>{@code
 * Rngs.of(0);                                // {'params': PRNGKey(0)}
 * Rngs.of(0).and("dropout", 1);              // and a stream for dropout
 * Rngs.of("dropout", 1).era(Era.CLASSIC);    // the random bits of the years before 2025
 * }</pre>
 *
 * <p>The key of a draw depends on the module's path and the number of its draws from the stream,
 * not on other modules. {@code params} replaces a missing stream, in both eras.
 */
public final class Rngs {
  private static final Rngs NONE = new Rngs(new LinkedHashMap<>(), null, null, false);

  /** The key of a stream, with x64 on or off. */
  private interface Source {
    Key key(boolean x64);
  }

  private final SequencedMap<String, Source> streams;
  private final @Nullable Era era;
  private final @Nullable Boolean x64;
  private final boolean fixSeparator;

  private Rngs(
      SequencedMap<String, Source> streams,
      @Nullable Era era,
      @Nullable Boolean x64,
      boolean fixSeparator) {
    this.streams = streams;
    this.era = era;
    this.x64 = x64;
    this.fixSeparator = fixSeparator;
  }

  /** No streams. */
  public static Rngs none() {
    return NONE;
  }

  /** The stream {@code params} from a seed. */
  public static Rngs of(long paramsSeed) {
    return of("params", paramsSeed);
  }

  /** The stream {@code params} from a key. */
  public static Rngs of(Key params) {
    return of("params", params);
  }

  /** A stream from a seed, {@code jax.random.key(seed)}. */
  public static Rngs of(String stream, long seed) {
    return NONE.and(stream, seed);
  }

  /** A stream from a key. */
  public static Rngs of(String stream, Key key) {
    return NONE.and(stream, key);
  }

  /**
   * Adds a stream from a seed. With x64 on the key is the seed's two halves, without it the lower
   * half alone.
   *
   * @throws IllegalArgumentException if there is a stream of that name
   */
  public Rngs and(String stream, long seed) {
    return and(stream, x64On -> Key.of(seed, x64On));
  }

  /**
   * Adds a stream from a key.
   *
   * @throws IllegalArgumentException if there is a stream of that name
   */
  public Rngs and(String stream, Key key) {
    return and(stream, _ -> key);
  }

  private Rngs and(String stream, Source source) {
    if (streams.containsKey(stream)) {
      throw new IllegalArgumentException(
          "rngs: stream \"" + stream + "\": expected once, got twice");
    }
    SequencedMap<String, Source> more = new LinkedHashMap<>(streams);
    more.put(stream, source);
    return new Rngs(more, era, x64, fixSeparator);
  }

  /**
   * These streams in an era, which determines the random bits of a key. By default seeds are of the
   * modern era, and keys keep their own.
   */
  public Rngs era(Era era) {
    return new Rngs(streams, era, x64, fixSeparator);
  }

  /**
   * These streams with {@code jax_enable_x64} on or off. By default it is on if the configuration,
   * an input or a variable of the call is float64.
   */
  public Rngs x64(boolean on) {
    return new Rngs(streams, era, on, fixSeparator);
  }

  /** These streams with Flax's {@code flax_fix_rng_separator}, which is off by default. */
  public Rngs fixRngSeparator(boolean on) {
    return new Rngs(streams, era, x64, on);
  }

  boolean fixesSeparator() {
    return fixSeparator;
  }

  @Nullable Boolean x64() {
    return x64;
  }

  boolean has(String stream) {
    return streams.containsKey(stream);
  }

  /** The streams' keys. */
  SequencedMap<String, Key> keys(boolean x64On) {
    SequencedMap<String, Key> keys = new LinkedHashMap<>();
    streams.forEach((name, source) -> {
      Key key = source.key(x64On);
      keys.put(name, era == null ? key : key.era(era));
    });
    return keys;
  }

  /** The streams' names. */
  @Override
  public String toString() {
    return "Rngs" + streams.keySet();
  }
}
