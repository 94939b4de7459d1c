package dev.heddle.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Strict JSON, and suggestions for misspelled names. */
class JsonTest {
  private static final Path FILE = Path.of("c.json");

  @Test
  void aTreeKnowsItsPlaces() throws CheckpointException {
    Json json = Json.parse(FILE, "{\"a\": [1, 2.5, NaN],\n \"b\": {\"c\": null}}");

    Json.Members root = (Json.Members) json;
    assertThat(root.values().sequencedKeySet()).containsExactly("a", "b");
    Json.Items items = (Json.Items) root.values().get("a");
    assertThat(items.values().get(0))
        .isInstanceOfSatisfying(
            Json.Number.class, number -> assertThat(number.isInteger()).isTrue());
    assertThat(((Json.Number) items.values().get(2)).value()).isNaN();
    assertThat(root.values().get("b").position()).startsWith(" (line 2, ");
  }

  @Test
  void everythingElseIsRefusedWithItsPlace() {
    refused("{\"a\": 1, \"a\": 2}", "the key \"a\" is given twice (line 1, column ");
    refused("{\"a\": 1} 2", "expected the end of the text, got 2");
    refused("{\"a\": 1,}", "not valid JSON: ");
    refused("{a: 1}", "not valid JSON: ");
    refused("{\"a\": 01}", "not valid JSON: ");
    refused("{\"a\": \"\n\"}", "not valid JSON: ");
    refused("// no\n{}", "not valid JSON: ");
    refused("{\"a\": ", "not valid JSON: ");
    refused("", "the text ends too early");
    refused("[".repeat(100_000), "not valid JSON: ");
    assertThatThrownBy(() -> Json.parse(FILE, new byte[] {'"', (byte) 0xff, '"'}))
        .hasMessage("c.json: expected JSON in UTF-8, got other bytes");
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> Json.parse(FILE, text))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("c.json: ")
        .hasMessageContaining(message);
  }

  @Test
  void theNearestNamesAreSuggested() {
    List<String> known = List.of("num_heads", "dtype", "param_dtype", "qkv_features");

    assertThat(Suggest.near("nun_heads", known)).containsExactly("num_heads");
    assertThat(Suggest.near("numheads", known)).containsExactly("num_heads");
    assertThat(Suggest.near("dytpe", known)).containsExactly("dtype");
    assertThat(Suggest.near("heads", known)).containsExactly("num_heads");
    assertThat(Suggest.near("something", known)).isEmpty();
    assertThat(Suggest.hint("dtyp", known)).isEqualTo("; did you mean \"dtype\"?");
    assertThat(Suggest.distance("ca", "abc")).isEqualTo(3);
  }
}
