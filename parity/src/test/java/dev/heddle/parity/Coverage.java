package dev.heddle.parity;

import dev.heddle.array.Array;
import dev.heddle.parity.cases.Case;
import dev.heddle.parity.cases.Fields;
import dev.heddle.random.Era;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Generates docs/coverage.md, the number of golden cases for each argument and dtype. */
final class Coverage {
  /** Narrowest first: a case counts in the column of the first that it computes with. */
  private static final List<String> DTYPES = List.of("bfloat16", "float16", "float32", "float64");

  private static final List<String> COLUMNS = List.of("float32", "bfloat16", "float16", "float64");

  private static final List<String> ARGUMENTS =
      List.of(
          "num_heads",
          "dtype",
          "param_dtype",
          "qkv_features",
          "out_features",
          "broadcast_dropout",
          "dropout_rate",
          "deterministic",
          "precision",
          "kernel_init",
          "bias_init",
          "out_kernel_init",
          "out_bias_init",
          "use_bias",
          "attention_fn",
          "decode",
          "normalize_qk",
          "force_fp32_for_softmax",
          "qkv_dot_general",
          "out_dot_general",
          "qkv_dot_general_cls",
          "out_dot_general_cls",
          "qk_attn_weights_einsum_cls",
          "attn_weights_value_einsum_cls");

  private static final List<String> CALL =
      List.of(
          "inputs_q",
          "inputs_kv",
          "inputs_k",
          "inputs_v",
          "mask",
          "deterministic (call)",
          "dropout_rng",
          "sow_weights",
          "mutable",
          "rngs");

  private static final List<String> CLASSES =
      List.of("MultiHeadDotProductAttention", "MultiHeadAttention", "SelfAttention");

  /** Arguments that Flax 0.7.2 does not have. */
  private static final Set<String> LATER =
      Set.of(
          "out_kernel_init",
          "out_bias_init",
          "normalize_qk",
          "force_fp32_for_softmax",
          "qkv_dot_general_cls",
          "out_dot_general_cls",
          "qk_attn_weights_einsum_cls",
          "attn_weights_value_einsum_cls",
          "inputs_k",
          "inputs_v",
          "dropout_rng",
          "sow_weights",
          "MultiHeadAttention");

  /** User-defined modules that set the name or the parent of an attention. */
  private static final Map<String, Set<String>> PLACED =
      Map.of(
          "name", Set.of("Named", "DeepNames"),
          "parent", Set.of("ParentElsewhere", "DeepNames"));

  private final List<Case> cases;

  Coverage(List<Case> cases) {
    this.cases = cases;
  }

  /** The page. */
  String page() {
    StringBuilder page = new StringBuilder(HEAD);
    for (Era era : Era.values()) {
      page.append("\n## ").append(title(era)).append("\n\n");
      page.append(table(era));
    }
    page.append("\n## Gradients\n\n").append(GRADIENTS).append(gradients());
    page.append("\n## Everything else\n\n").append(kinds());
    return page.toString();
  }

  private static final String HEAD =
      """
      # Coverage

      The number of golden cases for each argument of attention, of the constructor and of the
      call, and for each class. Every case compares `init` (variable tree, names, shapes, dtypes,
      values) and `apply`, or each step of decoding with its cache, with Flax.

      A case counts for every argument that it sets, in the column of the narrowest dtype among its
      inputs, parameters and computation. **0** is a cell without a case. A dash is a cell that
      cannot have one: Flax 0.7.2 has no such argument, or cannot decode with 64-bit types on;
      `decode` selects the decoding columns. The names and paths of submodules (`name`, `parent`)
      are in the last table.

      This page is generated from the cases, and a test compares it with them;
      `-Dheddle.coverage=write` regenerates it.
      """;

  private static final String GRADIENTS =
      """
      The number of golden cases of gradients: the vector-Jacobian product of `apply` with respect
      to every parameter and every floating-point input, for a random cotangent. With `decode` it
      is that of one step.

      """;

  private static String title(Era era) {
    return era == Era.MODERN
        ? "Modern: Flax 0.12.8, JAX 0.10.2"
        : "Classic: Flax 0.7.2, JAX 0.4.20";
  }

  private String table(Era era) {
    StringBuilder table = new StringBuilder("| |");
    COLUMNS.forEach(dtype -> table.append(" %s | decode |".formatted(dtype)));
    table.append("\n|---|").append("---:|".repeat(2 * COLUMNS.size())).append('\n');
    Stream.of(ARGUMENTS, CALL, CLASSES)
        .flatMap(List::stream)
        .forEach(row -> {
          table.append("| `").append(row).append("` |");
          for (String dtype : COLUMNS) {
            for (boolean decode : List.of(false, true)) {
              table.append(' ').append(cell(era, row, dtype, decode)).append(" |");
            }
          }
          table.append('\n');
        });
    return table.toString();
  }

  private String gradients() {
    StringBuilder table = new StringBuilder("| |");
    for (Era era : Era.values()) {
      COLUMNS.forEach(dtype -> table.append(" %s, %s |".formatted(nameOf(era), dtype)));
    }
    int columns = Era.values().length * COLUMNS.size();
    table.append("\n|---|").append("---:|".repeat(columns)).append('\n');
    Stream.of(ARGUMENTS, CALL, CLASSES)
        .flatMap(List::stream)
        .forEach(row -> {
          table.append("| `").append(row).append("` |");
          for (Era era : Era.values()) {
            for (String dtype : COLUMNS) {
              table.append(' ').append(gradientCell(era, row, dtype)).append(" |");
            }
          }
          table.append('\n');
        });
    return table.toString();
  }

  private static String nameOf(Era era) {
    return era.name().toLowerCase(Locale.ROOT);
  }

  private String cell(Era era, String row, String dtype, boolean decode) {
    long count =
        settingIn("attention", era, row, dtype)
            .filter(one -> one.info().fields("config").flag("decode") == decode)
            .count();
    boolean isImpossible =
        (era == Era.CLASSIC && LATER.contains(row))
            || (era == Era.CLASSIC && decode && dtype.equals("float64"))
            || (row.equals("decode") && !decode);
    return count > 0 ? Long.toString(count) : isImpossible ? "-" : "**0**";
  }

  private String gradientCell(Era era, String row, String dtype) {
    long count = settingIn("gradient", era, row, dtype).count();
    boolean isImpossible =
        era == Era.CLASSIC
            && (LATER.contains(row) || (row.equals("decode") && dtype.equals("float64")));
    return count > 0 ? Long.toString(count) : isImpossible ? "-" : "**0**";
  }

  private Stream<Case> settingIn(String kind, Era era, String row, String dtype) {
    return cases.stream()
        .filter(one -> one.kind().equals(kind) && one.era() == era)
        .filter(one -> dtypeOf(one).equals(dtype))
        .filter(one -> settings(one).contains(row));
  }

  /** The arguments that a case sets. */
  private static Set<String> settings(Case one) {
    Fields info = one.info();
    Set<String> set = new TreeSet<>();
    info.fields("config").names().stream().filter(info.fields("config")::has).forEach(set::add);
    info.fields("call")
        .names()
        .forEach(name -> set.add(name.equals("deterministic") ? "deterministic (call)" : name));
    one.under("inputs").keySet().forEach(name -> set.add(name.startsWith("mask") ? "mask" : name));
    set.addAll(info.fields("apply").names());
    set.add(info.text("class"));
    return set;
  }

  private static String dtypeOf(Case one) {
    Fields config = one.info().fields("config");
    List<String> present = new ArrayList<>();
    present.add(config.has("param_dtype") ? config.text("param_dtype") : "float32");
    if (config.has("dtype")) {
      present.add(config.text("dtype"));
    }
    one.inputs()
        .forEach((name, array) -> {
          if (!name.startsWith("mask") && isFloating(array)) {
            present.add(array.dtype().toString());
          }
        });
    return DTYPES.stream().filter(present::contains).findFirst().orElseThrow();
  }

  private static boolean isFloating(Array array) {
    return array.dtype().isFloating();
  }

  private String kinds() {
    Map<String, Map<Era, Long>> counts = new TreeMap<>();
    for (Case one : cases) {
      for (String row : rows(one)) {
        counts.computeIfAbsent(row, key -> new TreeMap<>()).merge(one.era(), 1L, Long::sum);
      }
    }
    return "| | modern | classic |\n|---|---:|---:|\n"
        + counts.entrySet().stream()
            .map(row ->
                "| %s | %s | %s |\n"
                    .formatted(
                        row.getKey(),
                        of(row.getValue(), Era.MODERN),
                        of(row.getValue(), Era.CLASSIC)))
            .collect(Collectors.joining());
  }

  private static String of(Map<Era, Long> counts, Era era) {
    return counts.containsKey(era) ? counts.get(era).toString() : "**0**";
  }

  private static List<String> rows(Case one) {
    List<String> rows = new ArrayList<>();
    String kind = one.kind().replace('_', ' ');
    rows.add(
        switch (one.kind()) {
          case "random" -> "random: `" + one.info().text("fn") + "`";
          case "masks" -> "masks: `" + one.info().text("fn") + "`";
          case "attention" -> "attention: " + (one.info().has("steps") ? "decoding" : "forward");
          case "gradient" -> "attention: gradients";
          case "error" -> "errors, of " + one.info().text("of") + "s";
          case "module" -> "user-defined modules";
          default -> kind.toLowerCase(Locale.ROOT);
        });
    if (one.kind().equals("module")) {
      PLACED.forEach((argument, modules) -> {
        if (modules.contains(one.info().text("module"))) {
          rows.add("user-defined modules: `" + argument + "` given");
        }
      });
    }
    return rows;
  }
}
