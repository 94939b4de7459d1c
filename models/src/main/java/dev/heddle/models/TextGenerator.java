package dev.heddle.models;

import dev.heddle.array.Array;
import dev.heddle.array.DType;
import dev.heddle.array.Elementwise;
import dev.heddle.array.Shape;
import dev.heddle.array.Sort;
import dev.heddle.linen.Variables;
import dev.heddle.random.Key;
import dev.heddle.random.Random;
import java.util.Arrays;

/**
 * Generates text token by token from a {@link CausalLanguageModel}.
 *
 * <pre>{@code
 * var generator = new TextGenerator(model, variables, 0.8);
 * Array more = generator.generate(ByteTokenizer.encode("Attention is "), 100, Key.of(0));
 * }</pre>
 *
 * <p>Every token is sampled after a full forward pass over the context, without a cache: the cost
 * of a token grows with the context, up to the model's length.
 */
public final class TextGenerator {
  private final CausalLanguageModel model;
  private final Variables variables;
  private final Sampling sampling;

  /**
   * Makes a generator.
   *
   * @param temperature the divisor of the logits; 0 selects the largest
   * @throws IllegalArgumentException if the temperature is not a number of 0 or more
   */
  public TextGenerator(CausalLanguageModel model, Variables variables, double temperature) {
    this(model, variables, Sampling.ofTemperature(temperature));
  }

  /** Makes a generator with a sampling method. */
  public TextGenerator(CausalLanguageModel model, Variables variables, Sampling sampling) {
    this.model = model;
    this.variables = variables;
    this.sampling = sampling;
  }

  /**
   * Generates the continuation of a prompt. Token {@code i}, from 0, is the one that {@code
   * jax.random.categorical(jax.random.fold_in(key, i), logits / temperature)} draws.
   *
   * @param prompt at least one token, shape {@code [L]}; only the last ones are used where it
   *     exceeds the model's length
   * @param count the number of tokens to generate
   * @return int32, shape {@code [count]}
   * @throws IllegalArgumentException if the prompt has another form, or the count is negative
   */
  public Array generate(Array prompt, int count, Key key) {
    if (prompt.rank() != 1 || prompt.size() == 0) {
      throw new IllegalArgumentException(
          "generate: argument \"prompt\": expected at least one token, shape [length], got "
              + prompt.shape());
    }
    if (count < 0) {
      throw new IllegalArgumentException(
          "generate: argument \"count\": expected a number of 0 or more, got " + count);
    }
    int given = prompt.size();
    int[] text = Arrays.copyOf(integers(prompt), given + count);
    for (int i = 0; i < count; i++) {
      text[given + i] = next(text, given + i, key.foldIn(i));
    }
    return Array.of(Arrays.copyOfRange(text, given, text.length), count);
  }

  private static int[] integers(Array tokens) {
    return Arrays.stream(tokens.toLongArray()).mapToInt(Math::toIntExact).toArray();
  }

  private int next(int[] text, int length, Key key) {
    int[] seen = Arrays.copyOfRange(text, Math.max(0, length - model.config().length()), length);
    Array logits = // of the next token, float32 [V]
        model
            .apply(variables, Array.of(seen, seen.length))
            .get(seen.length - 1)
            .astype(DType.FLOAT32);
    if (sampling.temperature() == 0) {
      return (int) Sort.argmax(logits, 0).item();
    }
    Array scaled = logits.dividedBy(sampling.temperature());
    return (int) draw(key, Array.of(sampling.filter(scaled.toFloatArray()), scaled.size()));
  }

  /** The index of the largest logit after adding Gumbel noise. */
  private static double draw(Key key, Array logits) {
    Shape shape = logits.shape();
    Array uniform = Random.uniform(key, Float.MIN_NORMAL, 1, DType.FLOAT32, shape.dims());
    Array noise = Elementwise.log(Elementwise.log(uniform).negate()).negate();
    return Sort.argmax(noise.plus(logits), 0).item();
  }
}
