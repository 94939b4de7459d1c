package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle generate}: text from a model that {@code heddle train} wrote. */
class GenerateCommandTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void aModel() throws IOException {
    model = InspectCommandTest.model(folder);
  }

  private Heddle generate(Object... more) {
    Object[] words = new Object[more.length + 7];
    Object[] usual = {"generate", "--model", model, "--prompt", "over ", "--max-tokens", 20};
    System.arraycopy(usual, 0, words, 0, usual.length);
    System.arraycopy(more, 0, words, usual.length, more.length);
    return Heddle.run(words);
  }

  @Test
  void theSameSeedGivesTheSameText() {
    Heddle heddle = generate("--seed", 3);

    assertThat(heddle.err()).isEmpty();
    assertThat(heddle.status()).isZero();
    assertThat(heddle.out()).startsWith("over ").endsWith("\n").doesNotContain("\u001b");
    assertThat(generate("--seed", 3)).isEqualTo(heddle);
    assertThat(generate("--seed", 4)).isNotEqualTo(heddle);
  }

  @Test
  void oneTokenIsTheMostProbable() {
    Heddle greedy = generate("--temperature", 0);

    assertThat(generate("--top-k", 1, "--seed", 7)).isEqualTo(greedy);
    assertThat(generate("--top-p", 1e-9, "--seed", 8)).isEqualTo(greedy);
  }

  @Test
  void whatIsOutOfRangeIsWrongUsage() {
    assertThat(generate("--temperature", -1))
        .isEqualTo(usage("generate: --temperature: expected a number of 0 or more, got -1.0"));
    assertThat(generate("--top-k", -1))
        .isEqualTo(usage("generate: --top-k: expected a number of 0 or more, got -1"));
    assertThat(generate("--top-p", 0))
        .isEqualTo(usage("generate: --top-p: expected a number above 0, at most 1, got 0.0"));
    assertThat(Heddle.run("generate", "--model", model, "--prompt", ""))
        .isEqualTo(usage("--prompt: expected a text, got an empty string"));
    assertThat(Heddle.run("generate", "--model", model, "--prompt", "x", "--max-tokens", -1))
        .isEqualTo(usage("--max-tokens -1: expected 0 or more"));
  }

  private static Heddle usage(String message) {
    return new Heddle(2, "", "heddle: " + message + "\n");
  }
}
